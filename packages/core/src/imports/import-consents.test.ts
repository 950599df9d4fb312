import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  checkEvidence,
  isSuppressed,
  listConsents,
  proveConsents,
  recordConsent,
  sealConsents,
  verifyConsents,
} from '../index.ts'
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

test('an opt-out is told by a word for it, or by its time; a time of zeros is none', async () => {
  const { id, run } = await importDesk(nest)
  const outs = ['unsubscribed', '2026-01-12 10:00:00', '2026-01-12T10:00:00Z', '1/2/26', 't']
  const cells = [...outs, 'subscribed', '0000-00-00 00:00:00', 'f']
  const file = ['email\tout', ...cells.map((cell, i) => `p${i}@example.com\t${cell}`)]
  const said = { mapping: { email: 'email', out: { to: 'optOut', channel: 'email' } } }
  expect(await run(file, said)).toMatchObject({ created: 8, failed: 0 })
  const out = (i: number) => isSuppressed(nest, id, { channel: 'email', address: `p${i}@example.com`, purpose: 'news' })
  expect(await Promise.all(cells.map((_, i) => out(i)))).toEqual(cells.map((cell) => outs.includes(cell)))
})

test('a yes to an opt-out is a no to all, also where somebody had said no to one purpose; a no says nothing', async () => {
  const { id, run, lead } = await importDesk(nest)
  await run(['email', 'ada@example.com', 'bob@example.com'])
  const leadId = await lead('ada@example.com')
  await nest.inWorkspace(id, (tx) =>
    recordConsent(nest, tx, id, { action: 'revoke', leadId, channel: 'email', purpose: 'news' }, by),
  )
  const file = ['email\tout', 'ada@example.com\ttrue', 'bob@example.com\tfalse', 'cy@example.com\tmaybe']
  const said = { mapping: { email: 'email', out: { to: 'optOut', channel: 'email' } } }
  expect(await run(file, { ...said, dryRun: true })).toMatchObject({ updated: 1, skipped: 1, failed: 1 })
  const done = await run(file, said)
  expect(done).toMatchObject({
    updated: 1,
    skipped: 1,
    failed: 1,
    errors: [{ code: 'invalid_consent', column: 'out' }],
  })
  for (const purpose of ['news', 'offers', null]) {
    expect(await isSuppressed(nest, id, { channel: 'email', address: 'ada@example.com', purpose })).toBe(true)
    expect(await isSuppressed(nest, id, { channel: 'email', address: 'bob@example.com', purpose })).toBe(false)
  }
  expect(await run(file, said)).toMatchObject({ updated: 0, skipped: 2, failed: 1 })
  await expect(run(file, { mapping: { out: { to: 'optOut' } } })).rejects.toMatchObject({
    issues: [{ path: 'mapping.out', message: 'Say of which channel, as in "channel": "email".' }],
  })
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

test('a yes that an import brought is voided by its undo: what the person had said before counts again, and nobody opted out', async () => {
  const { id, run, undo, lead } = await importDesk(nest)
  await run(['email', 'yes@example.com', 'none@example.com', 'later@example.com'])
  const [yes, none, later] = [
    await lead('yes@example.com'),
    await lead('none@example.com'),
    await lead('later@example.com'),
  ]
  const grant = (leadId: string) =>
    nest.inWorkspace(id, (tx) =>
      recordConsent(nest, tx, id, { action: 'grant', leadId, channel: 'email', purpose: 'news' }, by),
    )
  const { payload: first } = await grant(yes)
  const before = await listConsents(nest, id, yes)
  const file = [
    'email\tnews\toffers',
    'yes@example.com\t\tyes',
    'none@example.com\tyes\tyes',
    'later@example.com\tyes\t',
  ]
  const options = { mapping: { ...mapping, offers: about('offers') } }
  const imported = await run(file, options)
  expect(imported).toMatchObject({ updated: 3 })
  await grant(later)
  const granted = async (leadId: string) =>
    (await listConsents(nest, id, leadId)).state
      .filter(({ status }) => status !== 'none')
      .map(({ purpose, status, suppressed }) => [purpose, status, suppressed])
  expect(await granted(none)).toEqual([
    ['news', 'granted', false],
    ['offers', 'granted', false],
  ])

  expect(await undo(imported.id)).toMatchObject({ status: 'succeeded', restored: 3, leftAlone: 0 })
  const after = await listConsents(nest, id, yes)
  expect(after.state).toEqual(before.state)
  expect(after.data.map(({ kind, purpose, voidedAt }) => [kind, purpose, voidedAt])).toEqual([
    ['voided', 'offers', null],
    ['granted', 'offers', after.data[0]!.at],
    ['granted', 'news', null],
  ])
  // Also where the entry that voids it is on the page before.
  const { nextCursor } = await listConsents(nest, id, yes, { limit: 1 })
  expect((await listConsents(nest, id, yes, { limit: 1, cursor: nextCursor! })).data).toEqual([after.data[1]])
  expect(after.data.at(-1)!.id).toBe(first.id)
  expect([await granted(none), await granted(later)]).toEqual([[], [['news', 'granted', false]]])
  for (const purpose of ['news', 'offers'])
    expect(await isSuppressed(nest, id, { channel: 'email', address: 'none@example.com', purpose })).toBe(false)
  await sealConsents(nest, { workspaceId: id })
  expect(await verifyConsents(nest, id)).toMatchObject({ failures: 0, waiting: 0 })
  expect(checkEvidence(await proveConsents(nest, id, none))).toEqual([])
  // What was voided is news again; what the person said since is not.
  expect(await run(file, options)).toMatchObject({ updated: 2, skipped: 1 })
})
