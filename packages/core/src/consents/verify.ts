import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import { commitmentOf, genesisOf, isProven, linkOf, type Payload } from './entry.ts'
import { type Head, readHead, refusalOf } from './head.ts'

/** Where the ledger is not as it was written: the row of the chain and the entry, as far as they can be named. */
export interface Failure {
  seq: number | null
  consentId: string | null
  what: string
}

export interface Verification {
  /** How many rows of the chain were looked at. */
  entries: number
  /** Entries that are not sealed yet, and are as LeadNest wrote them. */
  waiting: number
  head: Head | undefined
  /** The first one; null where all is as it was written. */
  failure: Failure | null
  /** How many there are. */
  failures: number
}

/** An entry as its row holds it. */
interface Stored {
  id: string
  commitment: Buffer
  salt: Buffer | null
  payload: string | null
  leadId: string | null
  kind: string | null
  channel: string | null
  purpose: string | null
  at: string | null
}

const batch = 5000
const stored = sql`c.id, c.commitment, c.salt, c.payload, c.lead_id, c.kind, c.channel, c.purpose, c.at`

/**
 * Reads the whole ledger of a workspace and says where it was altered first: an entry, a row of the chain, their order, a
 * tail that was cut, a head that somebody else signed. What is written meanwhile is looked at too.
 */
export async function verifyConsents(core: Core, workspaceId: string): Promise<Verification> {
  const found: Failure[] = []
  const erased = new Erasures()
  const chain = await verifyChain(core, workspaceId, erased, found)
  const waiting = await verifyWaiting(core, workspaceId, erased, found)
  const rows = found.filter(({ seq }) => seq !== null).sort((a, b) => a.seq! - b.seq!)
  const rest = found.filter(({ seq }) => seq === null)
  // What was emptied is told after the rows: where the erasure that explains it was altered, that one is the cause.
  const failures = [...rows, ...erased.unexplained(), ...rest]
  return { ...chain, waiting, failure: failures[0] ?? null, failures: failures.length }
}

/** Whether the chain still goes through a head that was kept elsewhere; undefined where it does. */
export async function refusalOfKept(core: Core, workspaceId: string, kept: Head): Promise<string | undefined> {
  const refusal =
    kept.workspaceId === workspaceId
      ? refusalOf(core.keyring.signer.publicKeys, kept)
      : 'The head that was kept is of another workspace.'
  if (refusal) return refusal
  return core.inWorkspace(workspaceId, async (tx) => {
    const head = await readHead(tx, workspaceId)
    if (!head || head.number < kept.number) return 'The ledger is older than the head that was kept.'
    const [row] = await tx.query<{ hash: string }>(sql`
      select encode(hash, 'hex') as hash from consent_chain where workspace_id = ${workspaceId} and seq = ${kept.entries}`)
    const hash = kept.entries === 0 ? genesisOf(workspaceId).toString('hex') : row?.hash
    return hash === kept.hash
      ? undefined
      : `Up to row ${kept.entries} the chain is another one than when the head was kept.`
  })
}

async function verifyChain(core: Core, workspaceId: string, erased: Erasures, found: Failure[]) {
  let head = await core.inWorkspace(workspaceId, (tx) => readHead(tx, workspaceId))
  let previous = genesisOf(workspaceId)
  let last = 0
  let count = 0
  for (;;) {
    const rows = await core.inWorkspace(workspaceId, (tx) =>
      tx.query<Stored & { seq: number; consentId: string; hash: Buffer }>(sql`
        select k.seq, k.consent_id, k.hash, ${stored} from consent_chain k
        left join consents c on c.workspace_id = k.workspace_id and c.id = k.consent_id
        where k.workspace_id = ${workspaceId} and ${count === 0 ? sql`true` : sql`k.seq > ${last}`}
        order by k.seq limit ${batch}`),
    )
    for (const { seq, consentId, hash, ...entry } of rows) {
      const fail = (what: string) => found.push({ seq, consentId, what })
      if (seq > last + 1) found.push({ seq: last + 1, consentId: null, what: 'The row is missing.' })
      else if (seq <= last) fail('The row stands where none can be.')
      if (entry.id === null) fail('The entry of the row is missing.')
      else {
        if (!linkOf(previous, entry.commitment).equals(hash))
          fail('The row, or the commitment of its entry, was altered.')
        const what = alteration(entry, workspaceId)
        if (what) fail(what)
        erased.look(entry, seq)
      }
      previous = hash
      last = Math.max(last, seq)
      count++
    }
    if (rows.length === batch) continue
    // Sealing changes rows and head together, so they are compared as of one moment.
    const { now, end } = await core.inWorkspace(workspaceId, async (tx) => {
      const [row] = await tx.query<Omit<Head, 'workspaceId'> & { end: number }>(sql`
        select h.number, h.entries, encode(h.hash, 'hex') as hash, h.sealed_at, h.signature,
          (select coalesce(max(seq), 0) from consent_chain where workspace_id = ${workspaceId}) as end
        from consent_heads h where h.workspace_id = ${workspaceId}`)
      return row ? { now: { ...row, workspaceId }, end: row.end } : { now: undefined, end: last }
    })
    if (now && now.number !== head?.number && end > last) {
      head = now
      continue
    }
    head = now
    break
  }
  verifyHead(core, head, { last, hash: previous.toString('hex') }, found)
  return { entries: count, head }
}

function verifyHead(core: Core, head: Head | undefined, end: { last: number; hash: string }, found: Failure[]): void {
  const fail = (seq: number | null, what: string) => found.push({ seq, consentId: null, what })
  if (!head) return void fail(null, 'The signed head is missing.')
  const refusal = refusalOf(core.keyring.signer.publicKeys, head)
  if (refusal) fail(null, refusal)
  if (end.last < head.entries) fail(end.last + 1, 'The row is missing: the end of the chain was cut off.')
  else if (end.last > head.entries) fail(head.entries + 1, 'The row is behind the signed head.')
  else if (end.hash !== head.hash) fail(null, 'The chain ends otherwise than the head says.')
}

/** What was altered of an entry; nothing can be said of one that was erased. */
function alteration({ id, commitment, salt, payload, ...columns }: Stored, workspaceId: string): string | undefined {
  if (salt === null && payload === null)
    return Object.values(columns).some((value) => value !== null) ? 'The entry was altered.' : undefined
  if (salt === null || payload === null || !commitmentOf(salt, payload).equals(commitment))
    return 'The entry was altered: salt and payload do not give its commitment.'
  const said = JSON.parse(payload) as Payload
  if (said.id !== id || said.workspaceId !== workspaceId) return 'The entry stands under another id.'
  const { leadId, kind, channel, purpose, at } = columns
  return leadId === said.leadId &&
    kind === said.kind &&
    channel === said.channel &&
    purpose === said.purpose &&
    at === said.at
    ? undefined
    : 'A column of the entry says something else than its payload.'
}

/** Entries without a payload, and those that say whose payload was erased. */
class Erasures {
  private readonly empty = new Map<string, number | null>()
  private readonly named = new Set<string>()

  look({ id, payload }: Stored, seq: number | null): void {
    if (payload === null) this.empty.set(id, seq)
    else if (payload.includes('"kind":"erased"'))
      for (const entry of (JSON.parse(payload) as Payload).entries ?? []) this.named.add(entry)
  }

  unexplained(): Failure[] {
    return [...this.empty]
      .filter(([id]) => !this.named.has(id))
      .map(([consentId, seq]) => ({ seq, consentId, what: 'The entry was emptied, and no erasure says so.' }))
  }
}

/** What is not sealed yet waits, with a proof that LeadNest wrote it. */
async function verifyWaiting(core: Core, workspaceId: string, erased: Erasures, found: Failure[]): Promise<number> {
  const fail = (consentId: string, what: string) => found.push({ seq: null, consentId, what })
  let after = '00000000-0000-0000-0000-000000000000'
  let waiting = 0
  for (;;) {
    const rows = await core.inWorkspace(workspaceId, (tx) =>
      tx.query<Stored & { sealed: boolean; proof: string | null }>(sql`
        select ${stored}, k.seq is not null as sealed, w.proof from (
          select * from consents where workspace_id = ${workspaceId} and id > ${after} order by id limit ${batch}
        ) c
        left join consent_chain k on k.workspace_id = c.workspace_id and k.consent_id = c.id
        left join unsealed_consents w on w.workspace_id = c.workspace_id and w.consent_id = c.id
        order by c.id`),
    )
    for (const { sealed, proof, ...entry } of rows) {
      const { id, commitment } = entry
      if (sealed && proof !== null) fail(id, 'The entry is sealed, and waits to be sealed.')
      if (sealed) continue
      if (proof === null) fail(id, 'The entry is neither in the chain nor waits to be sealed.')
      else if (!isProven(core, workspaceId, id, commitment, proof)) fail(id, 'LeadNest did not write this entry.')
      const what = alteration(entry, workspaceId)
      if (what) fail(id, what)
      erased.look(entry, null)
      waiting++
    }
    if (rows.length < batch) break
    after = rows.at(-1)!.id
  }
  const gone = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<{ consentId: string }>(sql`
      select w.consent_id from unsealed_consents w
      left join consents c on c.workspace_id = w.workspace_id and c.id = w.consent_id
      where w.workspace_id = ${workspaceId} and c.id is null
      limit 1`),
  )
  for (const { consentId } of gone) fail(consentId, 'The entry that waits to be sealed is missing.')
  return waiting
}
