import { afterAll, beforeAll, expect, test } from 'vitest'
import { isSuppressed, recordConsent } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

const about = (purpose: string) => ({ to: 'consent', channel: 'email', purpose, wording: 'Yes, write to me.' })
const mapping = { email: 'email', news: about('news') }

test.each([
  ['all', null, null],
  ['all but one purpose', null, 'news'],
  ['one purpose', 'news', 'news'],
] as const)('a no in a file counts though an earlier one, to %s, was lifted', async (_, revoked, lifted) => {
  const { id, run, lead } = await importDesk(nest)
  await run(['email', 'ada@example.com'])
  const said = { leadId: await lead('ada@example.com'), channel: 'email' }
  await nest.inWorkspace(id, async (tx) => {
    await recordConsent(nest, tx, id, { ...said, action: 'revoke', purpose: revoked }, by)
    await recordConsent(nest, tx, id, { ...said, action: 'grant', purpose: lifted, proof: 'confirmation link' }, by)
  })
  const target = { channel: 'email', address: 'ada@example.com', purpose: 'news' }
  expect(await isSuppressed(nest, id, target)).toBe(false)
  const file = ['email\tnews', 'ada@example.com\tno', 'ada@example.com\tno']
  expect(await run(file, { mapping, dryRun: true })).toMatchObject({ updated: 1, skipped: 1 })
  expect(await run(file, { mapping })).toMatchObject({ updated: 1, skipped: 1 })
  expect(await isSuppressed(nest, id, target)).toBe(true)
  expect(await run(file, { mapping })).toMatchObject({ updated: 0, skipped: 2 })
})

test('a no to all is a no to each, until it is lifted', async () => {
  const { id, run, lead } = await importDesk(nest)
  await run(['email', 'ada@example.com'])
  const leadId = await lead('ada@example.com')
  await nest.inWorkspace(id, (tx) =>
    recordConsent(nest, tx, id, { action: 'revoke', leadId, channel: 'email', purpose: null }, by),
  )
  expect(await run(['email\tnews', 'ada@example.com\tno'], { mapping })).toMatchObject({ updated: 0, skipped: 1 })
})
