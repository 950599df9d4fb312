import type { Core } from '../core.ts'
import { notFound } from '../errors.ts'
import { isId } from '../id.ts'
import { type Jwk, type PublicKeys, readJwks } from '../jws.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { familyOf } from '../suppressions/suppressed.ts'
import { commitmentOf, genesisOf, linkOf, type Payload } from './entry.ts'
import { type Head, readHead, refusalOf } from './head.ts'
import { sealConsents } from './seal.ts'

/** One entry, as it can be checked: SHA-256(salt ‖ payload) is its commitment. Hashes are in hex. */
export interface ProvenEntry {
  seq: number
  id: string
  commitment: string
  /** Null where they were erased; whoever kept them can still show that they fit the commitment. */
  salt: string | null
  payload: string | null
}

/**
 * What shows, without the database, what somebody agreed to and that the record was not changed since. It proves what is in it,
 * and not that it is all: entries can be left out of it.
 */
export interface Evidence {
  format: 'leadnest consent evidence 1'
  workspaceId: string
  leadId: string
  /** The other leads that its entries may be about: those that it was merged with. */
  mergedIds: string[]
  madeAt: string
  entries: ProvenEntry[]
  /** The hash of the row before the first of the path, and the commitment of each row from `from` on to the head. */
  path: { from: number; previous: string; commitments: string[] }
  head: Head
  /** What the head is checked with; the same stand at /.well-known/jwks.json. */
  keys: Jwk[]
}

/** How many rows of the path one transaction reads. */
const batch = 5000

/** Seals what waits, and puts together what is known of a lead, also of one that was erased. Throws `not_found`. */
export async function proveConsents(core: Core, workspaceId: string, leadId: string): Promise<Evidence> {
  if (!isId(leadId)) throw notFound('lead with consents')
  await sealConsents(core, { workspaceId })
  const { head, family, entries } = await core.inWorkspace(workspaceId, (tx) =>
    readProven(tx, workspaceId, leadId.toLowerCase()),
  )
  const [first] = entries
  if (!first) throw notFound('lead with consents')
  return {
    format: 'leadnest consent evidence 1',
    workspaceId,
    leadId: leadId.toLowerCase(),
    mergedIds: family.filter((id) => id !== leadId.toLowerCase()),
    madeAt: core.now().toISOString(),
    entries,
    path: await readPath(core, workspaceId, { from: first.seq, to: head.entries }),
    head,
    keys: core.keyring.signer.jwks,
  }
}

async function readProven(tx: Tx, workspaceId: string, leadId: string) {
  // Nobody seals meanwhile, so no entry is behind this head. What it covers never changes, so the path is read later.
  const head = await readHead(tx, workspaceId, { lock: true })
  if (!head) throw new Error('The signed head is missing. See: leadnest consent verify')
  const erased = await tx.query<{ id: string }>(
    sql`select lead_id as id from erasures where workspace_id = ${workspaceId} and part_of = ${leadId}`,
  )
  const family = [...(await familyOf(tx, workspaceId, leadId)), ...erased.map(({ id }) => id)]
  const entries = await tx.query<ProvenEntry>(sql`
    with own as (
      select id, payload from consents where workspace_id = ${workspaceId} and lead_id = any(${family}::uuid[])
    ), meant as (
      select id from own
      union
      select entry::uuid from own, jsonb_array_elements_text(case jsonb_typeof(payload::jsonb -> 'entries')
        when 'array' then payload::jsonb -> 'entries' else '[]' end) as entry
    )
    select k.seq, c.id, encode(c.commitment, 'hex') as commitment, encode(c.salt, 'hex') as salt, c.payload from meant
    join consents c on c.workspace_id = ${workspaceId} and c.id = meant.id
    join consent_chain k on k.workspace_id = ${workspaceId} and k.consent_id = c.id
    order by k.seq`)
  return { head, family, entries }
}

async function readPath(
  core: Core,
  workspaceId: string,
  { from, to }: { from: number; to: number },
): Promise<Evidence['path']> {
  const read = (first: number, last: number) =>
    core.inWorkspace(workspaceId, (tx) =>
      tx.query<{ hash: string; commitment: string }>(sql`
        select encode(k.hash, 'hex') as hash, encode(c.commitment, 'hex') as commitment from consent_chain k
        join consents c on c.workspace_id = k.workspace_id and c.id = k.consent_id
        where k.workspace_id = ${workspaceId} and k.seq between ${first} and ${last}
        order by k.seq`),
    )
  const [before] = from === 1 ? [] : await read(from - 1, from - 1)
  const commitments: string[] = []
  for (let next = from; next <= to; next += batch)
    for (const { commitment } of await read(next, Math.min(next + batch - 1, to))) commitments.push(commitment)
  return { from, previous: before?.hash ?? genesisOf(workspaceId).toString('hex'), commitments }
}

/**
 * What is wrong with evidence; empty where all that is in it holds. It needs nothing but the evidence and the keys: those of the
 * installation, or, for who trusts the file in that, its own.
 */
export function checkEvidence(evidence: Evidence, keys: PublicKeys = readJwks({ keys: evidence.keys })): string[] {
  const { entries, path, head, workspaceId, leadId, mergedIds = [] } = evidence
  const wrong: string[] = []
  const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
  const refusal = refusalOf(keys, head)
  if (refusal) wrong.push(refusal)
  if (head.workspaceId !== workspaceId) wrong.push('The head is of another workspace.')
  let end = bytes(path.previous)
  for (const commitment of path.commitments) end = linkOf(end, bytes(commitment))
  if (end.toString('hex') !== head.hash || path.from + path.commitments.length - 1 !== head.entries)
    wrong.push('The path does not lead to the head.')
  for (const { seq, id, commitment, salt, payload } of entries) {
    if (path.commitments[seq - path.from] !== commitment) wrong.push(`Entry ${id} is not row ${seq} of the chain.`)
    if (salt === null || payload === null) continue
    if (commitmentOf(bytes(salt), payload).toString('hex') !== commitment)
      wrong.push(`Entry ${id} is not what was sealed.`)
    else wrong.push(...misplaced(JSON.parse(payload) as Payload, { id, workspaceId, leadIds: [leadId, ...mergedIds] }))
  }
  return wrong
}

/** In what an entry differs from the place where the file has it. */
function* misplaced(
  said: Payload,
  { id, workspaceId, leadIds }: { id: string; workspaceId: string; leadIds: string[] },
) {
  if (said.id !== id) yield `Entry ${id} stands under another id.`
  if (said.workspaceId !== workspaceId) yield `Entry ${id} is of another workspace.`
  if (!leadIds.includes(said.leadId)) yield `Entry ${id} is about another lead.`
}
