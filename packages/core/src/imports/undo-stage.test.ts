import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPipeline, deletePipeline, getLead, updateLead } from '../index.ts'
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

/** A stage of its own, which can be taken away. */
async function addStage(id: string, key: string) {
  const { id: pipelineId } = await createPipeline(
    nest,
    id,
    { name: key, stages: [{ key, name: key, kind: 'open', rottenAfterDays: null }] },
    by,
  )
  return () => deletePipeline(nest, id, pipelineId, by)
}

test('an undo leaves a lead alone whose stage of before is gone, until it is there again', async () => {
  const { id, run, undo, lead } = await importDesk(nest)
  const removeStage = await addStage(id, 'trial')
  await run(['email\tstage', 'ada@example.com\ttrial', 'ben@example.com\tnew'])
  const moved = await run(['email\tstage\tname', 'ada@example.com\twon\tAda', 'ben@example.com\twon\tBen'])
  expect(moved).toMatchObject({ updated: 2 })
  await removeStage()
  const [ada, ben] = [await lead('ada@example.com'), await lead('ben@example.com')]
  expect(await undo(moved.id)).toMatchObject({ restored: 1, leftAlone: 1, leads: [ada] })
  expect(await getLead(nest, id, ada)).toMatchObject({ stage: 'won', name: 'Ada' })
  expect(await getLead(nest, id, ben)).toMatchObject({ stage: 'new', name: null })
  await addStage(id, 'trial')
  expect(await undo(moved.id)).toMatchObject({ restored: 2, leftAlone: 0 })
  expect(await getLead(nest, id, ada)).toMatchObject({ stage: 'trial', name: null })
})
