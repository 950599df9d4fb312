import { generateKeyPairSync, sign as signWith } from 'node:crypto'
import fc from 'fast-check'
import { raw } from 'sql-template-tag'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { canonical } from '../canonical.ts'
import {
  addConsent,
  createLead,
  eraseConsents,
  type Head,
  readHead,
  refusalOfKept,
  sealConsents,
  sql,
  verifyConsents,
} from '../index.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type TestNest, testNest } from '../testing.ts'
import { commitmentOf, linkOf, type Payload } from './entry.ts'

const by = { actor: { type: 'user' as const, id: null, name: 'Grace' }, source: 'api' as const }
const tables = ['consents', 'consent_chain', 'consent_heads', 'unsealed_consents']
const sealed = 14
const waiting = 2

let nest: TestNest
let time = Date.parse('2026-11-25T09:00:00Z')
/** As of the eighth entry. */
let early: Head

const inLedger = <T>(work: (tx: Tx) => Promise<T>) => nest.inWorkspace(nest.workspaceId, work)
const run = (text: string) => inLedger((tx) => tx.query(sql`${raw(text)}`))
const verify = () => verifyConsents(nest, nest.workspaceId)

beforeAll(async () => {
  nest = await testNest({ now: () => new Date((time += 1000)) })
  const { workspaceId } = nest
  const leads = await Promise.all(
    ['ada', 'grace', 'hedy'].map((name) => createLead(nest, workspaceId, { email: `${name}@example.com` }, by)),
  )
  const [ada, grace, hedy] = leads.map(({ result }) => result.id) as [string, string, string]
  const say = (leadId: string, action: 'grant' | 'revoke', purpose: string) =>
    addConsent(
      nest,
      workspaceId,
      leadId,
      { action, channel: 'email', purpose, reason: null, wording: { text: `Send me ${purpose}`, language: 'en' } },
      by,
    )
  for (const purpose of ['news', 'offers', 'surveys', 'events'])
    for (const lead of [ada, hedy]) await say(lead, 'grant', purpose)
  await sealConsents(nest, nest)
  early = (await inLedger((tx) => readHead(tx, workspaceId)))!
  await say(grace, 'grant', 'news')
  await say(grace, 'revoke', 'news')
  await say(hedy, 'revoke', 'news')
  await inLedger((tx) => eraseConsents(nest, tx, workspaceId, [grace], by))
  await say(ada, 'revoke', 'offers')
  await say(ada, 'grant', 'news')
  await sealConsents(nest, nest)
  await say(hedy, 'grant', 'news')
  await say(ada, 'revoke', 'events')

  // What the owner of the tables can do: no trigger, no policy and no generated column is in their way.
  for (const table of tables) {
    await nest.pool.query(`alter table ${table} disable trigger user; alter table ${table} no force row level security`)
    if (table === 'consents')
      for (const column of ['lead_id', 'kind', 'channel', 'purpose', 'at'])
        await nest.pool.query(`alter table consents alter column ${column} drop expression`)
    await nest.pool.query(`create table copy_of_${table} as select * from ${table}`)
  }
})
afterAll(() => nest.close())

async function restore(): Promise<void> {
  for (const table of tables)
    await nest.pool.query(`delete from ${table}; insert into ${table} select * from copy_of_${table}`)
}

/** Does it, looks, and puts everything back. */
async function after(alter: () => Promise<unknown>) {
  await alter()
  try {
    return await verify()
  } finally {
    await restore()
  }
}

test('a ledger that nobody touched is as it was written, with an erased lead and what waits in it', async () => {
  expect(await verify()).toMatchObject({
    entries: sealed,
    waiting,
    failure: null,
    head: { entries: sealed, number: 2 },
  })
})

const another: Record<string, string> = {
  id: 'gen_random_uuid()',
  workspace_id: 'gen_random_uuid()',
  consent_id: 'gen_random_uuid()',
  lead_id: 'gen_random_uuid()',
  commitment: `set_byte(commitment, 7, get_byte(commitment, 7) # 1)`,
  hash: `set_byte(hash, 31, get_byte(hash, 31) # 128)`,
  salt: `set_byte(salt, 0, get_byte(salt, 0) # 1)`,
  payload: `replace(payload, 'news', 'newz') || ' '`,
  kind: `'granted '`,
  channel: `'sms'`,
  purpose: `coalesce(purpose, '') || 's'`,
  at: `replace(at, '2026', '2025')`,
  seq: 'seq + 1000',
  number: 'number - 1',
  entries: 'entries - 1',
  sealed_at: `sealed_at - interval '1 second'`,
  signature: `overlay(signature placing case when left(right(signature, 20), 1) = 'A' then 'B' else 'A' end from length(signature) - 19)`,
  proof: `overlay(proof placing case when left(proof, 1) = 'A' then 'B' else 'A' end from 1)`,
}

const columns = {
  consents: ['workspace_id', 'id', 'commitment', 'salt', 'payload', 'lead_id', 'kind', 'channel', 'purpose', 'at'],
  consent_chain: ['workspace_id', 'seq', 'consent_id', 'hash'],
  consent_heads: ['workspace_id', 'number', 'entries', 'hash', 'sealed_at', 'signature'],
  unsealed_consents: ['workspace_id', 'consent_id', 'proof'],
} as const

/** Entries 9 and 10 are Grace's, and were erased: nothing but commitments is left of them. */
const emptied = [9, 10]

test('altering any one column of any one row fails at that row', async () => {
  const cells = [
    ...columns.consents.flatMap((column) =>
      Array.from({ length: sealed }, (_, i) => ({ table: 'consents', column, seq: i + 1 })),
    ),
    ...columns.consent_chain.flatMap((column) =>
      Array.from({ length: sealed }, (_, i) => ({ table: 'consent_chain', column, seq: i + 1 })),
    ),
  ].filter(({ column, seq }) => !(emptied.includes(seq) && /salt|payload|purpose|at$/.test(column)))
  for (const { table, column, seq } of cells) {
    const which =
      table === 'consents' ? `id = (select consent_id from copy_of_consent_chain where seq = ${seq})` : `seq = ${seq}`
    const { failure } = await after(() =>
      nest.pool.query(`update ${table} set ${column} = ${another[column]} where ${which}`),
    )
    expect([table, column, seq, failure?.seq]).toEqual([table, column, seq, seq])
  }
})

test('so does emptying one, a head or what waits', async () => {
  for (const seq of [1, 8, 11, 14]) {
    const which = `id = (select consent_id from copy_of_consent_chain where seq = ${seq})`
    for (const set of [
      'salt = null',
      'payload = null',
      'salt = null, payload = null, lead_id = null, kind = null, channel = null, purpose = null, at = null',
    ]) {
      const { failure } = await after(() => nest.pool.query(`update consents set ${set} where ${which}`))
      expect([set, failure?.seq]).toEqual([set, seq])
    }
  }
  for (const column of columns.consent_heads) {
    const { failure } = await after(() => run(`update consent_heads set ${column} = ${another[column]}`))
    expect([column, failure]).toEqual([column, expect.objectContaining({ what: expect.any(String) })])
  }
  for (const column of columns.unsealed_consents) {
    const { failure } = await after(() =>
      run(
        `update unsealed_consents set ${column} = ${another[column]} where consent_id = (select max(consent_id::text)::uuid from unsealed_consents)`,
      ),
    )
    expect([column, failure]).toEqual([column, expect.objectContaining({ what: expect.any(String) })])
  }
  for (const column of columns.consents) {
    const { failure } = await after(() =>
      run(
        `update consents set ${column} = ${another[column]} where id = (select max(consent_id::text)::uuid from unsealed_consents)`,
      ),
    )
    expect([column, failure]).toEqual([column, expect.objectContaining({ what: expect.any(String) })])
  }
})

const seq = fc.integer({ min: 1, max: sealed })
const idOf = (n: number) => `(select consent_id from copy_of_consent_chain where seq = ${n})`

test('so do swapping and deleting', async () => {
  const alteration = fc.oneof(
    fc
      .tuple(seq, seq)
      .filter(([a, b]) => a !== b)
      .chain(([a, b]) =>
        fc.constantFrom(
          {
            first: Math.min(a, b),
            statements: [
              `update consent_chain k set consent_id = gen_random_uuid() where seq = ${b}`,
              `update consent_chain set consent_id = ${idOf(b)} where seq = ${a}`,
              `update consent_chain set consent_id = ${idOf(a)} where seq = ${b}`,
            ],
          },
          {
            first: Math.min(a, b),
            statements: [
              `update consents c set salt = o.salt, payload = o.payload, commitment = o.commitment, lead_id = o.lead_id,
               kind = o.kind, channel = o.channel, purpose = o.purpose, at = o.at
             from copy_of_consents o where (c.id = ${idOf(a)} and o.id = ${idOf(b)}) or (c.id = ${idOf(b)} and o.id = ${idOf(a)})`,
            ],
          },
          {
            first: Math.min(a, b),
            statements: [
              `update consent_chain set seq = -1 where seq = ${a}`,
              `update consent_chain set seq = ${a} where seq = ${b}`,
              `update consent_chain set seq = ${b} where seq = -1`,
            ],
          },
        ),
      ),
    seq.chain((n) =>
      fc.constantFrom(
        { first: n, statements: [`delete from consents where id = ${idOf(n)}`] },
        { first: n, statements: [`delete from consent_chain where seq = ${n}`] },
        {
          first: n,
          statements: [`delete from consent_chain where seq = ${n}`, `delete from consents where id = ${idOf(n)}`],
        },
        { first: n, statements: [`delete from consent_chain where seq >= ${n}`] },
        {
          first: n,
          statements: [
            `delete from consents where id in (select consent_id from consent_chain where seq >= ${n})`,
            `delete from consent_chain where seq >= ${n}`,
          ],
        },
      ),
    ),
  )
  await fc.assert(
    fc.asyncProperty(alteration, async ({ first, statements }) => {
      const { failure } = await after(async () => {
        for (const statement of statements) await run(statement)
      })
      expect(failure?.seq).toBe(first)
    }),
    { numRuns: 120 },
  )
})

/** Everything again from an entry on, as LeadNest would have it, but for the signature. */
async function rechain(from: number, change: (payload: Payload) => Payload): Promise<{ hash: Buffer }> {
  const rows = await inLedger((tx) =>
    tx.query<{ seq: number; id: string; salt: Buffer; payload: string; commitment: Buffer }>(sql`
      select k.seq, c.id, c.salt, c.payload, c.commitment from consent_chain k join consents c on c.id = k.consent_id
      where k.seq >= ${from} order by k.seq`),
  )
  const [before] = await inLedger((tx) =>
    tx.query<{ hash: Buffer }>(sql`select hash from consent_chain where seq = ${from - 1}`),
  )
  let hash = before!.hash
  for (const { seq, id, salt, payload, commitment } of rows) {
    const text = seq === from ? canonical(change(JSON.parse(payload) as Payload)) : payload
    const made = seq === from ? commitmentOf(salt, text) : commitment
    hash = linkOf(hash, made)
    const next = hash
    await inLedger((tx) =>
      tx.query(
        sql`update consents set payload = ${text}, commitment = ${made}, purpose = ${(JSON.parse(text ?? '{}') as Payload).purpose ?? null} where id = ${id}`,
      ),
    )
    await inLedger((tx) => tx.query(sql`update consent_chain set hash = ${next} where seq = ${seq}`))
  }
  await inLedger((tx) => tx.query(sql`update consent_heads set hash = ${hash}`))
  return { hash }
}

test('re-chaining without the key fails, also with a signature of another key', async () => {
  const change = (payload: Payload) => ({ ...payload, purpose: 'everything' })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(3, 7, 11, 13, 14), fc.boolean(), async (from, signed) => {
      const { failure } = await after(async () => {
        const { hash } = await rechain(from, change)
        if (!signed) return
        const head = (await inLedger((tx) => readHead(tx, nest.workspaceId)))!
        const [header] = head.signature.split('.')
        const claims = {
          workspaceId: head.workspaceId,
          number: head.number,
          entries: head.entries,
          hash: hash.toString('hex'),
          sealedAt: head.sealedAt,
        }
        const text = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
        const { privateKey } = generateKeyPairSync('ed25519')
        const signature = `${text}.${signWith(null, Buffer.from(text), privateKey).toString('base64url')}`
        await inLedger((tx) => tx.query(sql`update consent_heads set signature = ${signature}`))
      })
      expect(failure).toMatchObject({
        seq: null,
        what: expect.stringContaining(signed ? 'signature is wrong' : 'something else'),
      })
    }),
    { numRuns: 10 },
  )
})

test('a cut tail under an older head is told by a head that was kept elsewhere', async () => {
  const kept = (await inLedger((tx) => readHead(tx, nest.workspaceId)))!
  expect(await refusalOfKept(nest, nest.workspaceId, kept)).toBeUndefined()
  expect(await refusalOfKept(nest, nest.workspaceId, early)).toBeUndefined()
  expect(await refusalOfKept(nest, nest.workspaceId, { ...early, hash: kept.hash })).toContain('something else')
  const { failure } = await after(async () => {
    await run(`delete from consents where id in (select consent_id from consent_chain where seq > ${early.entries})`)
    await run(`delete from consent_chain where seq > ${early.entries}`)
    await inLedger((tx) =>
      tx.query(
        sql`update consent_heads set number = ${early.number}, entries = ${early.entries}, hash = decode(${early.hash}, 'hex'), sealed_at = ${early.sealedAt}, signature = ${early.signature}`,
      ),
    )
    expect(await refusalOfKept(nest, nest.workspaceId, kept)).toContain('older than the head that was kept')
    expect(await refusalOfKept(nest, nest.workspaceId, early)).toBeUndefined()
  })
  // By itself the ledger cannot know: that is what a kept head is for.
  expect(failure).toBeNull()
})

test('nothing is sealed on a head that is not ours, nor an entry that LeadNest did not write', async () => {
  await run(`update consent_heads set number = number + 1`)
  await sealConsents(nest, nest)
  expect((await verify()).entries).toBe(sealed)
  await restore()
  await run(`update unsealed_consents set proof = 'x'`)
  await sealConsents(nest, nest)
  expect(await verify()).toMatchObject({ entries: sealed, failure: { what: 'LeadNest did not write this entry.' } })
  await restore()
})
