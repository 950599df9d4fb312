import type { Core } from '../core.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressedChannels, addressKind } from '../suppressions/address.ts'
import { hashAddress } from '../suppressions/pepper.ts'
import { forbids } from '../suppressions/suppressed.ts'
import type { ConsentState } from './consent.ts'
import type { ConsentKind } from './entry.ts'
import { type OptOut, standing } from './opt-outs.ts'
import { notVoided } from './voided.ts'

/** Whose state each of these leads is part of, by their ids: its own, or that of the one whom it was merged into. */
type Heads = Map<string, string>

/** What an entry says of a channel. */
interface Line {
  leadId: string
  kind: ConsentKind
  channel: string
  purpose: string | null
  at: string
}

/** By channel and purpose: what these leads, who are one person, said last, and whether a no stands. */
export async function stateOf(core: Core, tx: Tx, workspaceId: string, family: string[]): Promise<ConsentState[]> {
  const [head] = family
  const heads: Heads = new Map(family.map((id) => [id, head!]))
  const lines = await readLines(tx, workspaceId, heads, sql`channel is not null`)
  const channels = [...new Set([...lines.map(({ channel }) => channel), ...addressedChannels])].sort()
  return (await statesIn(core, tx, workspaceId, { heads, lines, channels })).get(head!)!
}

/** The same on these channels for many leads at once, with who was merged into them. */
export async function statesOfMany(
  core: Core,
  tx: Tx,
  workspaceId: string,
  leadIds: string[],
  channels: string[],
): Promise<Map<string, ConsentState[]>> {
  const family = await tx.query<{ id: string; survivor: string }>(sql`
    select id, id as survivor from unnest(${leadIds}::uuid[]) as id
    union all
    select id, merged_into as survivor from leads where workspace_id = ${workspaceId} and merged_into = any(${leadIds}::uuid[])`)
  const heads: Heads = new Map(family.map(({ id, survivor }) => [id, survivor]))
  const lines = await readLines(tx, workspaceId, heads, sql`channel = any(${channels}::text[])`)
  return statesIn(core, tx, workspaceId, { heads, lines, channels })
}

/** The last of each: by when it was said, and, for what stands, by when it was written down. */
const readLines = (tx: Tx, workspaceId: string, heads: Heads, which: Sql): Promise<Line[]> => {
  const ids = [...heads.keys()]
  return tx.query<Line>(sql`
    with said as (
      select id, lead_id, kind, channel, purpose, at from consents
      where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) and ${which} and ${notVoided(workspaceId, ids)}
    )
    select lead_id, kind, channel, purpose, at from (
      (select distinct on (lead_id, channel, kind, purpose) * from said order by lead_id, channel, kind, purpose, id desc)
      union
      (select distinct on (lead_id, channel, kind, purpose) * from said order by lead_id, channel, kind, purpose, at desc, id desc)
    ) last
    order by id`)
}

async function statesIn(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { heads, lines, channels }: { heads: Heads; lines: Line[]; channels: string[] },
): Promise<Map<string, ConsentState[]>> {
  const linesOf = Map.groupBy(lines, ({ leadId, channel }) => `${heads.get(leadId)} ${channel}`)
  const suppressionsOf = await readSuppressions(core, tx, workspaceId, heads, channels)
  return new Map(
    [...new Set(heads.values())].map((id) => [
      id,
      channels.flatMap((channel) =>
        statesOn(channel, linesOf.get(`${id} ${channel}`) ?? [], suppressionsOf.get(`${id} ${channel}`) ?? []),
      ),
    ]),
  )
}

/** How things stand on one channel, by its entries in the order in which they were written; `suppressions` are of the addresses. */
function statesOn(channel: string, lines: Line[], suppressions: OptOut[]): ConsentState[] {
  const optOuts = [...standing(lines), ...suppressions]
  const said = lines.filter(({ kind }) => kind === 'granted' || kind === 'revoked')
  // What the person said last, not what was written down last.
  const inOrder = said.map((line, i) => ({ line, i })).sort((a, b) => a.line.at.localeCompare(b.line.at) || a.i - b.i)
  const purposes = new Set([...said, ...suppressions].map(({ purpose }) => purpose))
  return [...purposes]
    .sort((a, b) => (a ?? '').localeCompare(b ?? ''))
    .map((purpose) => {
      const last = inOrder.findLast(({ line }) => line.purpose === null || line.purpose === purpose)?.line
      return {
        channel,
        purpose,
        status: last ? (last.kind === 'granted' ? 'granted' : 'revoked') : 'none',
        suppressed:
          purpose === null
            ? optOuts.some((optOut) => optOut.purpose === null)
            : optOuts.some((optOut) => forbids(optOut, purpose)),
        since: last?.at ?? null,
      }
    })
}

/** Of every address of theirs, by whose state it is part of, and channel. */
async function readSuppressions(
  core: Core,
  tx: Tx,
  workspaceId: string,
  heads: Heads,
  channels: string[],
): Promise<Map<string, OptOut[]>> {
  const ids = [...heads.keys()]
  const addresses = await tx.query<{ leadId: string; kind: 'email' | 'phone'; value: string }>(sql`
    select l.id as lead_id, a.kind, a.value from leads l, lateral (values ('email', l.email), ('phone', l.phone)) as a (kind, value)
    where l.workspace_id = ${workspaceId} and l.id = any(${ids}::uuid[]) and a.value is not null
    union
    select lead_id, kind, value from lead_aliases
    where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) and kind in ('email', 'phone')`)
  const owners = new Map<string, Set<string>>()
  const hashes: Buffer[] = []
  for (const channel of channels)
    for (const { leadId, kind, value } of addresses) {
      if (kind !== addressKind(channel)) continue
      const hash = await hashAddress(core, tx, workspaceId, channel, value)
      const name = `${channel} ${hash.toString('hex')}`
      owners.set(name, (owners.get(name) ?? new Set()).add(`${heads.get(leadId)} ${channel}`))
      hashes.push(hash)
    }
  const found = await tx.query<OptOut & { name: string }>(sql`
    select channel || ' ' || encode(address_hash, 'hex') as name, purpose, lifted_purposes from suppressions
    where workspace_id = ${workspaceId} and channel = any(${channels}::text[]) and address_hash = any(${hashes}::bytea[])`)
  const suppressionsOf = new Map<string, OptOut[]>()
  for (const { name, ...optOut } of found)
    for (const owner of owners.get(name) ?? [])
      suppressionsOf.set(owner, [...(suppressionsOf.get(owner) ?? []), optOut])
  return suppressionsOf
}
