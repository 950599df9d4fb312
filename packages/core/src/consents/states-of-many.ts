import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressKind } from '../suppressions/address.ts'
import { hashAddress } from '../suppressions/pepper.ts'
import type { ConsentState } from './consent.ts'
import { type Line, statesOf } from './list-consents.ts'
import { type OptOut, standing } from './opt-outs.ts'
import { notVoided } from './voided.ts'

interface Address {
  leadId: string
  kind: 'email' | 'phone'
  value: string
}

/** How things stand on these channels for many leads at once, as `stateOf` says of one: with who was merged into them, and by every address of theirs. */
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
  const survivorOf = new Map(family.map(({ id, survivor }) => [id, survivor]))
  const ids = [...survivorOf.keys()]
  const lines = await tx.query<Line & { leadId: string }>(sql`
    with said as (
      select id, lead_id, kind, channel, purpose, at from consents
      where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) and channel = any(${channels}::text[])
        and ${notVoided(workspaceId, ids)}
    )
    select lead_id, kind, channel, purpose, at from (
      (select distinct on (lead_id, channel, kind, purpose) * from said order by lead_id, channel, kind, purpose, id desc)
      union
      (select distinct on (lead_id, channel, kind, purpose) * from said order by lead_id, channel, kind, purpose, at desc, id desc)
    ) last
    order by id`)
  const linesOf = Map.groupBy(lines, ({ leadId, channel }) => `${survivorOf.get(leadId)} ${channel}`)
  const suppressionsOf = await readSuppressionsOfMany(core, tx, workspaceId, survivorOf, channels)
  return new Map(
    leadIds.map((id) => [
      id,
      channels.flatMap((channel) => {
        const own = linesOf.get(`${id} ${channel}`) ?? []
        const suppressions = suppressionsOf.get(`${id} ${channel}`) ?? []
        return statesOf(channel, own, [...standing(own), ...suppressions], suppressions)
      }),
    ]),
  )
}

/** By lead and channel. */
async function readSuppressionsOfMany(
  core: Core,
  tx: Tx,
  workspaceId: string,
  survivorOf: Map<string, string>,
  channels: string[],
): Promise<Map<string, OptOut[]>> {
  const ids = [...survivorOf.keys()]
  const addresses = await tx.query<Address>(sql`
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
      owners.set(name, (owners.get(name) ?? new Set()).add(`${survivorOf.get(leadId)} ${channel}`))
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
