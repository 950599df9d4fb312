import { afterAll, beforeAll, expect, test } from 'vitest'
import { getLead, updateLead } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('an undo leaves a lead that somebody moved away and back since, and puts back one that nobody moved', async () => {
  const { id, run, undo, lead } = await importDesk(nest)
  await run(['email', 'ada@example.com', 'ben@example.com'])
  const moved = await run(['email\tstage', 'ada@example.com\tqualified', 'ben@example.com\tqualified'])
  const [ada, ben] = [await lead('ada@example.com'), await lead('ben@example.com')]
  for (const stage of ['new', 'qualified']) await updateLead(nest, id, ada, { stage }, by)
  expect(await undo(moved.id)).toMatchObject({ restored: 1, leftAlone: 1, leads: [ada] })
  expect([(await getLead(nest, id, ada)).stage, (await getLead(nest, id, ben)).stage]).toEqual(['qualified', 'new'])
})
