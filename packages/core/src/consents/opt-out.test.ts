import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  addConsent,
  addSuppression,
  assertSendable,
  captureLead,
  createCore,
  createLead,
  deleteLead,
  eraseConsents,
  eraseLead,
  findForm,
  isSuppressed,
  listConsents,
  listSuppressions,
  mergeLeads,
  proveConsents,
  recordConsent,
  removeSuppression,
  sealAll,
  sql,
  undoMerge,
  updateForm,
  updateLead,
  verifyConsents,
} from '../index.ts'
import { purgeDeleted } from '../jobs/purge-deleted.ts'
import { type TestNest, testNest } from '../testing.ts'
import { insertEntries, newEntry } from './entry.ts'

const by = { actor: { type: 'user' as const, id: null, name: 'Grace' }, source: 'api' as const }
let nest: TestNest
let time = Date.parse('2026-11-25T09:00:00Z')
let n = 0
let box: { id: string; channel: string; purpose: string }

beforeAll(async () => {
  nest = await testNest({ now: () => new Date((time += 1000)) })
  const { form } = await findForm(nest, 'contact')
  const { consents } = await updateForm(
    nest,
    nest.workspaceId,
    form.id,
    { consents: [{ channel: 'email', purpose: 'news', text: 'Send me news.', required: false }] },
    by,
  )
  box = consents[0]!
})
afterAll(() => nest.close())

const lead = async (input: object = {}) =>
  (await createLead(nest, nest.workspaceId, { email: `person-${n++}@example.com`, ...input }, by)).result
const say = (leadId: string, action: 'grant' | 'revoke', more: object = {}) =>
  addConsent(
    nest,
    nest.workspaceId,
    leadId,
    {
      action,
      channel: 'email',
      purpose: 'news',
      reason: null,
      ...(action === 'grant' && { wording: { text: 'Send me news.', language: 'en' } }),
      ...more,
    },
    by,
  )
const suppressed = (target: object) => isSuppressed(nest, nest.workspaceId, { channel: 'email', ...target })
const submit = async (email: string) =>
  captureLead(
    nest,
    await findForm(nest, 'contact'),
    { fields: { email }, consents: [{ channel: 'email', purpose: 'news', wordingId: box.id }] },
    { ...by, trusted: true },
  )

describe('an opt-out stands', () => {
  const acts: Record<string, (of: { id: string; email: string }) => Promise<unknown>> = {
    'a form that was sent again, with the box ticked': ({ email }) => submit(email),
    'POST /v1/leads of the same person': ({ email }) => lead({ email, name: 'Again' }),
    'a grant that staff wrote down': ({ id }) => say(id, 'grant'),
    'a grant for something else': ({ id }) => say(id, 'grant', { purpose: 'offers' }),
    'a merge, as the survivor': async ({ id }) => merge(id, (await lead()).id),
    'a merge into an older lead': async ({ id }) => merge((await older()).id, id),
    'a merge and its undo': async ({ id }) =>
      undoMerge(nest, nest.workspaceId, await merge((await older()).id, id), by),
    'a new address of the lead': ({ id }) =>
      updateLead(nest, nest.workspaceId, id, { email: `new-${n++}@example.com` }, by),
    'an erasure of the ledger': ({ id }) =>
      nest.inWorkspace(nest.workspaceId, (tx) => eraseConsents(nest, tx, nest.workspaceId, [id], by)),
  }
  const spare: { id: string }[] = []
  beforeAll(async () => {
    for (let i = 0; i < 3; i++) spare.push(await lead())
  })
  const older = async () => spare.pop()!
  const merge = async (a: string, b: string) =>
    (await mergeLeads(nest, nest.workspaceId, { leadIds: [a, b], dryRun: false }, by)).id!

  test.each(Object.entries(acts))('over %s', async (_, act) => {
    const { id, email } = await lead()
    await say(id, 'grant')
    expect(await suppressed({ address: email, leadId: id, purpose: 'news' })).toBe(false)
    await say(id, 'revoke')
    await act({ id, email: email! })
    expect(await suppressed({ address: ` ${email!.toUpperCase()} `, purpose: 'news' })).toBe(true)
    await expect(
      assertSendable(nest, nest.workspaceId, { channel: 'email', address: email!, leadId: id, purpose: 'news' }),
    ).rejects.toMatchObject({ code: 'suppressed' })
  })

  test('and goes with the person to the survivor of a merge, whose own address it is not', async () => {
    const survivor = await older()
    const { id } = await lead()
    await say(id, 'revoke')
    expect(await suppressed({ leadId: survivor.id, purpose: 'news' })).toBe(false)
    const mergeId = await merge(survivor.id, id)
    expect(await suppressed({ leadId: survivor.id, purpose: 'news' })).toBe(true)
    expect((await listConsents(nest, nest.workspaceId, survivor.id)).data.map(({ leadId }) => leadId)).toEqual([id])
    await undoMerge(nest, nest.workspaceId, mergeId, by)
    expect(await suppressed({ leadId: survivor.id, purpose: 'news' })).toBe(false)
    expect(await suppressed({ leadId: id, purpose: 'news' })).toBe(true)
  })

  test('for what was named: a purpose, or all of the channel', async () => {
    const one = await lead()
    await say(one.id, 'revoke')
    expect(await suppressed({ leadId: one.id, purpose: 'offers' })).toBe(false)
    // A send that does not say for what it is meets every no.
    expect(await suppressed({ leadId: one.id })).toBe(true)
    const all = await lead({ phone: '+442079460958' })
    await say(all.id, 'revoke', { purpose: null, channel: 'sms' })
    expect(await suppressed({ channel: 'sms', address: '+44 20 7946 0958', purpose: 'offers' })).toBe(true)
    expect(await suppressed({ leadId: all.id, purpose: 'offers' })).toBe(false)
  })

  test('also of somebody without an address on the channel, once they have one', async () => {
    const { id } = await lead()
    await say(id, 'revoke', { channel: 'sms', purpose: null })
    await updateLead(nest, nest.workspaceId, id, { phone: '+442079460111' }, by)
    expect(await suppressed({ channel: 'sms', leadId: id, address: '+442079460111' })).toBe(true)
  })
})

test('what a lead said again and again stands as it was said and written down last', async () => {
  const { id } = await lead()
  // Said in another order than it was written down.
  const at = (day: number) => ({ at: `2026-10-${day}T09:00:00.000Z` })
  for (const day of [12, 14]) await say(id, 'grant', at(day))
  await say(id, 'revoke', { purpose: null, ...at(13) })
  await say(id, 'revoke', { purpose: 'offers', ...at(11) })
  await say(id, 'grant', at(10))
  const { state } = await listConsents(nest, nest.workspaceId, id)
  expect(state.map(({ purpose, status, suppressed, since }) => [purpose, status, suppressed, since])).toEqual([
    [null, 'revoked', true, at(13).at],
    ['news', 'granted', true, at(14).at],
    ['offers', 'revoked', true, at(13).at],
  ])
})

test('a long ledger is erased in steps, and every step says what it emptied', async () => {
  const { id } = await lead()
  const entries = Array.from({ length: 2100 }, () =>
    newEntry(nest, nest.workspaceId, { kind: 'granted', leadId: id, channel: 'email', purpose: 'news', ...by }),
  )
  await nest.inWorkspace(nest.workspaceId, (tx) => tx.query(insertEntries(nest.workspaceId, entries)))
  const { removed } = await eraseLead(nest, nest.workspaceId, id, {}, by)
  expect(removed.consents).toBe(2100)
  const { entries: named } = await proveConsents(nest, nest.workspaceId, id)
  const steps = named.flatMap(({ payload }) => (payload ? [JSON.parse(payload).entries.length] : []))
  expect(steps).toEqual([2000, 100])
  expect(await verifyConsents(nest, nest.workspaceId)).toMatchObject({ failure: null, waiting: 0 })
})

describe('an opt-out is for every address of the person', () => {
  const suppressedAt = (address: string, channel = 'email') => suppressed({ channel, address, purpose: 'news' })
  const mergeTwo = async () => {
    const [a, b] = [await lead(), await lead()]
    const { id } = await mergeLeads(nest, nest.workspaceId, { leadIds: [a.id, b.id], dryRun: false }, by)
    return { a, b, undo: () => undoMerge(nest, nest.workspaceId, id!, by) }
  }

  test('that a merge brought, also once it is undone', async () => {
    const { a, b, undo } = await mergeTwo()
    await say(a.id, 'revoke')
    expect([await suppressedAt(a.email!), await suppressedAt(b.email!)]).toEqual([true, true])
    await undo()
    expect([await suppressedAt(a.email!), await suppressedAt(b.email!)]).toEqual([true, true])
    expect(await suppressed({ leadId: b.id, purpose: 'news' })).toBe(true)
  })

  test('and what was taken back for both while they were one stands again for who had said no', async () => {
    const [a, b] = [await lead(), await lead()]
    await say(b.id, 'revoke', { purpose: null })
    const { id } = await mergeLeads(nest, nest.workspaceId, { leadIds: [a.id, b.id], dryRun: false }, by)
    await nest.inWorkspace(nest.workspaceId, (tx) =>
      recordConsent(
        nest,
        tx,
        nest.workspaceId,
        {
          action: 'grant',
          leadId: a.id,
          channel: 'email',
          purpose: 'news',
          step: 'double',
          proof: 'confirmation link',
        },
        { actor: { type: 'visitor', id: null, name: null }, source: 'form' },
      ),
    )
    expect(await suppressed({ leadId: a.id, purpose: 'news' })).toBe(false)
    await undoMerge(nest, nest.workspaceId, id!, by)
    expect([await suppressedAt(a.email!), await suppressedAt(b.email!)]).toEqual([false, true])
  })

  const ends: Record<string, (id: string) => Promise<unknown>> = {
    erased: (id) => eraseLead(nest, nest.workspaceId, id, {}, by),
    purged: async (id) => {
      await deleteLead(nest, nest.workspaceId, id, by)
      time += 31 * 86_400_000
      await purgeDeleted(nest, nest.workspaceId)
    },
  }
  test.each(Object.entries(ends))('once they are %s: aliases, and what came after the no', async (_, end) => {
    const { a, b } = await mergeTwo()
    const [second, third, phone] = [`second-${n}@example.com`, `third-${n}@example.com`, `+4420794603${10 + n}`]
    await say(a.id, 'revoke', { purpose: null })
    await say(a.id, 'revoke', { channel: 'sms' })
    for (const email of [second, third]) await updateLead(nest, nest.workspaceId, a.id, { email }, by)
    await updateLead(nest, nest.workspaceId, a.id, { phone }, by)
    await end(a.id)
    for (const email of [a.email!, b.email!, second, third])
      expect([email, await suppressedAt(email)]).toEqual([email, true])
    expect(await suppressedAt(phone, 'sms')).toBe(true)
    // What was not said is not made of it.
    expect(await suppressed({ channel: 'sms', address: phone, purpose: 'offers' })).toBe(false)
    expect(await suppressedAt(phone, 'whatsapp')).toBe(false)
  })

  test('but for what they asked for again', async () => {
    const { id, email } = await lead()
    await say(id, 'revoke', { purpose: null })
    await nest.inWorkspace(nest.workspaceId, (tx) =>
      recordConsent(
        nest,
        tx,
        nest.workspaceId,
        { action: 'grant', leadId: id, channel: 'email', purpose: 'news', step: 'double', proof: 'confirmation link' },
        { actor: { type: 'visitor', id: null, name: null }, source: 'form' },
      ),
    )
    const later = `later-${n++}@example.com`
    await updateLead(nest, nest.workspaceId, id, { email: later }, by)
    await eraseLead(nest, nest.workspaceId, id, {}, by)
    for (const address of [email!, later]) {
      expect([address, await suppressedAt(address)]).toEqual([address, false])
      expect(await suppressed({ address, purpose: 'offers' })).toBe(true)
    }
  })
})

describe('an act of the person lifts it', () => {
  const confirm = (leadId: string, purpose: string | null) =>
    nest.inWorkspace(nest.workspaceId, (tx) =>
      recordConsent(
        nest,
        tx,
        nest.workspaceId,
        { action: 'grant', leadId, channel: 'email', purpose, step: 'double', proof: 'confirmation link' },
        { actor: { type: 'visitor', id: null, name: null }, source: 'form' },
      ),
    )

  test('for the purpose they asked for, and the ledger says by what', async () => {
    const { id, email } = await lead()
    await say(id, 'revoke', { purpose: null })
    await confirm(id, 'news')
    expect(await suppressed({ address: email, leadId: id, purpose: 'news' })).toBe(false)
    expect(await suppressed({ address: email, leadId: id, purpose: 'offers' })).toBe(true)
    const { data, state } = await listConsents(nest, nest.workspaceId, id)
    expect(data.map(({ kind, step }) => [kind, step])).toEqual([
      ['lifted', null],
      ['granted', 'double'],
      ['revoked', null],
    ])
    expect(state).toMatchObject([
      { channel: 'email', purpose: null, status: 'revoked', suppressed: true },
      { channel: 'email', purpose: 'news', status: 'granted', suppressed: false },
    ])
    await say(id, 'revoke')
    expect(await suppressed({ address: email, leadId: id, purpose: 'news' })).toBe(true)
    await confirm(id, 'news')
    await say(id, 'revoke', { purpose: null })
    expect(await suppressed({ address: email, leadId: id, purpose: 'news' })).toBe(true)
  })

  test('but not what the workspace suppressed, and staff lift no opt-out', async () => {
    const { id, email } = await lead()
    const input = { channel: 'email', address: email!, purpose: null, reason: 'Wrote nonsense' }
    const { result: ours } = await addSuppression(nest, nest.workspaceId, input, by)
    await say(id, 'revoke', { purpose: null })
    await confirm(id, null)
    expect(await suppressed({ address: email, leadId: id, purpose: 'news' })).toBe(true)
    await removeSuppression(nest, nest.workspaceId, ours.id, by)
    expect(await suppressed({ address: email, leadId: id, purpose: 'news' })).toBe(false)
    await say(id, 'revoke')
    const { data } = await listSuppressions(nest, nest.workspaceId, { limit: 50, channel: 'email', address: email! })
    expect(data).toMatchObject([{ origin: 'opt_out', address: email, purpose: 'news' }])
    await expect(removeSuppression(nest, nest.workspaceId, data[0]!.id, by)).rejects.toMatchObject({
      code: 'opt_out_stands',
    })
  })
})

test('a suppression matches without its address, and after LEADNEST_SECRET_KEY changed and the old key left', async () => {
  const { id, email } = await lead()
  await say(id, 'revoke')
  await nest.inWorkspace(nest.workspaceId, (tx) => eraseConsents(nest, tx, nest.workspaceId, [id], by))
  const [row] = await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query<{ rows: string }>(sql`
      select json_agg(s)::text as rows from suppressions s where workspace_id = ${nest.workspaceId} and id = (
        select id from suppressions where workspace_id = ${nest.workspaceId} order by id desc limit 1
      )`),
  )
  expect(JSON.parse(row!.rows)).toMatchObject([{ channel: 'email', address: null, reason: null }])
  expect(row!.rows).not.toContain(email)

  const [old, fresh] = ['a secret of tests, 32 characters long', 'another secret, which is the new one']
  const withKeys = async <T>(secretKeys: string[], work: (core: TestNest) => Promise<T>) => {
    const core = createCore({ databaseUrl: nest.databaseUrl, secretKeys, poolSize: 2, now: nest.now })
    try {
      return await work(core as TestNest)
    } finally {
      await core.close()
    }
  }
  const matches = (core: TestNest) =>
    isSuppressed(core, nest.workspaceId, { channel: 'email', address: email!, purpose: 'news' })
  await expect(withKeys([fresh!], matches)).rejects.toThrow('LEADNEST_SECRET_KEY')
  await withKeys([fresh!, old!], sealAll)
  expect(await withKeys([fresh!], matches)).toBe(true)
  await withKeys([old!, fresh!], sealAll)
})
