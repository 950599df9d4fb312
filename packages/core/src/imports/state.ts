import { type OptOut, standing } from '../consents/opt-outs.ts'
import { notVoided } from '../consents/voided.ts'
import { type Alias, identitiesOf, readAliases } from '../leads/aliases.ts'
import type { KnownLead, LeadRow } from '../leads/person.ts'
import { lockKnown, rowColumns } from '../leads/statements.ts'
import { sql } from '../postgres/sql.ts'
import { Overtaken, type Tx } from '../postgres/transaction.ts'
import type { ImportKey } from './import.ts'
import type { Said } from './read-row.ts'

/** What an import may change of a lead besides its row, and what tells how it was before. */
export interface Extras {
  ownerId: string | null
  lostReason: string | null
  stageChangedAt: string | null
  updatedAt: string | null
  lastActivityAt: string | null
  deletedAt: string | null
  tags: Set<string>
  notes: Set<string>
  /** The last that was said, by channel and purpose. */
  consents: Map<string, 'granted' | 'revoked'>
  /** Each no that stands, by channel. */
  optOuts: Map<string, OptOut[]>
  /** The row that makes it: of a lead that is not stored yet. */
  row: number | null
}

/** Whoever the rows of a batch may be about. */
export interface State {
  known: KnownLead[]
  aliases: Alias[]
  /** Whom leads are now that were merged, by the ids that they had. */
  merged: Map<string, string>
  extras: Map<string, Extras>
}

type Place = Pick<Extras, 'ownerId' | 'lostReason' | 'stageChangedAt' | 'updatedAt' | 'lastActivityAt' | 'deletedAt'>

export const noExtras = (): Extras => ({
  ownerId: null,
  lostReason: null,
  stageChangedAt: null,
  updatedAt: null,
  lastActivityAt: null,
  deletedAt: null,
  tags: new Set(),
  notes: new Set(),
  consents: new Map(),
  optOuts: new Map(),
  row: null,
})

export const consentKey = (channel: string, purpose: string | null) => `${channel} ${purpose ?? ''}`

const columns = sql`${rowColumns}, owner_id, lost_reason, stage_changed_at, updated_at, last_activity_at`

/**
 * Whom these rows may be about (of a phone that is the key also a second one), with what hangs on them as far as the rows say something of it; locked, so that it stays so until
 * the end of the transaction, unless `lock` is false. With `dryRunOf` what that job would have written counts.
 */
export async function readState(
  tx: Tx,
  workspaceId: string,
  said: Said[],
  { key, lock, dryRunOf }: { key: ImportKey; lock: boolean; dryRunOf?: string | undefined },
): Promise<State> {
  const identities = identitiesOf(said)
  const ids = said.flatMap(({ id }) => id ?? [])
  const askAliases = readAliases(workspaceId, identities)
  if (!askAliases && ids.length === 0) return { known: [], aliases: [], merged: new Map(), extras: new Map() }
  const [rows, aliases, merged] = await Promise.all([
    tx.query<LeadRow & Place>(
      lockKnown(workspaceId, identities, {
        columns,
        ids,
        ...(key === 'phone' && { ofPhone: sql`2` }),
        ...(!lock && { lock: sql`` }),
        ...(dryRunOf && { phoneIf: hasKept(workspaceId, dryRunOf) }),
      }),
    ),
    askAliases ? tx.query<Alias>(askAliases) : [],
    ids.length > 0
      ? tx.query<{ id: string; survivor: string }>(sql`
          select id, merged_into as survivor from leads
          where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and merged_into is not null`)
      : [],
  ])
  const extras = new Map<string, Extras>()
  const held = new Set(rows.map(({ id }) => id))
  // One was merged while this waited for it.
  if (lock && merged.some(({ survivor }) => !held.has(survivor))) throw new Overtaken()
  const known = rows.map(({ ownerId, lostReason, stageChangedAt, updatedAt, lastActivityAt, deletedAt, ...row }) => {
    const place = { ownerId, lostReason, stageChangedAt, updatedAt, lastActivityAt, deletedAt }
    extras.set(row.id, { ...noExtras(), ...place })
    return { ...row, deletedAt }
  })
  await readHanging(tx, workspaceId, said, extras)
  const state = { known, aliases, merged: new Map(merged.map(({ id, survivor }) => [id, survivor])), extras }
  return dryRunOf ? withDrafts(tx, workspaceId, dryRunOf, identities, state) : state
}

/**
 * One that a dry run leaves with another phone makes way for the next oldest, as it will then. A look-up by the primary key for each lead: of
 * `not exists` Postgres makes a join that goes through all drafts of the job, as it has never looked at that table.
 */
export const hasKept = (workspaceId: string, jobId: string) => sql`and coalesce((
  select d.phone is not distinct from leads.phone from import_drafts d
  where d.workspace_id = ${workspaceId} and d.job_id = ${jobId} and d.lead_id = leads.id
), true)`

async function readHanging(tx: Tx, workspaceId: string, said: Said[], extras: Map<string, Extras>): Promise<void> {
  const ids = [...extras.keys()]
  if (ids.length === 0) return
  const tags = [...new Set(said.flatMap((row) => row.tags))]
  const notes = [...new Set(said.flatMap((row) => row.notes))]
  const channels = [...new Set(said.flatMap((row) => row.consents.map(({ channel }) => channel)))]
  const ofLeads = sql`workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[])`
  const [tagged, noted, consented] = await Promise.all([
    tags.length > 0
      ? tx.query<{ leadId: string; name: string }>(
          sql`select lead_id, name from lead_tags where ${ofLeads} and name = any(${tags})`,
        )
      : [],
    notes.length > 0
      ? tx.query<{ leadId: string; body: string }>(
          sql`select lead_id, body from notes where ${ofLeads} and body = any(${notes})`,
        )
      : [],
    channels.length > 0
      ? tx.query<Consented>(sql`
          select lead_id, channel, purpose, kind from (
            select distinct on (lead_id, channel, purpose, kind) id, lead_id, channel, purpose, kind from consents
            where ${ofLeads} and channel = any(${channels}) and kind in ('granted', 'revoked', 'lifted')
              and ${notVoided(workspaceId, ids)}
            order by lead_id, channel, purpose, kind, id desc
          ) last
          order by id`)
      : [],
  ])
  for (const { leadId, name } of tagged) extras.get(leadId)!.tags.add(name)
  for (const { leadId, body } of noted) extras.get(leadId)!.notes.add(body)
  for (const { leadId, channel, purpose, kind } of consented)
    if (kind !== 'lifted') extras.get(leadId)!.consents.set(consentKey(channel, purpose), kind)
  for (const entries of Map.groupBy(consented, ({ leadId, channel }) => `${leadId} ${channel}`).values()) {
    const { leadId, channel } = entries[0]!
    extras.get(leadId)!.optOuts.set(channel, standing(entries))
  }
}

interface Consented {
  leadId: string
  channel: string
  purpose: string | null
  kind: 'granted' | 'revoked' | 'lifted'
}

/** A lead as a dry run leaves it. */
interface Draft {
  row: KnownLead
  extras: Omit<Extras, 'tags' | 'notes' | 'consents' | 'optOuts'> & {
    tags: string[]
    notes: string[]
    consents: [string, 'granted' | 'revoked'][]
    optOuts: [string, OptOut[]][]
  }
}

async function withDrafts(
  tx: Tx,
  workspaceId: string,
  jobId: string,
  { emails, externalIds, phones }: ReturnType<typeof identitiesOf>,
  state: State,
): Promise<State> {
  const ids = state.known.map(({ id }) => id)
  const of = sql`select lead_id, lead from import_drafts where workspace_id = ${workspaceId} and job_id = ${jobId}`
  const drafts = await tx.query<{ leadId: string; lead: Draft }>(sql`
    ${of} and lead_id = any(${ids}::uuid[])
    union all ${of} and email = any(${emails})
    union all ${of} and external_id = any(${externalIds})
    union all ${of} and phone = any(${phones})`)
  const known = new Map(state.known.map((lead) => [lead.id, lead]))
  for (const { leadId, lead } of drafts) {
    known.set(leadId, lead.row)
    const { tags, notes, consents, optOuts, ...place } = lead.extras
    // What hangs on the lead itself was read as far as this batch asks.
    const real = state.extras.get(leadId)
    state.extras.set(leadId, {
      ...place,
      tags: new Set([...(real?.tags ?? []), ...tags]),
      notes: new Set([...(real?.notes ?? []), ...notes]),
      consents: new Map([...(real?.consents ?? []), ...consents]),
      optOuts: new Map([...(real?.optOuts ?? []), ...optOuts]),
    })
  }
  return { ...state, known: [...known.values()] }
}

/** Keeps how a dry run leaves these leads, for its later rows. */
export async function keepDrafts(
  tx: Tx,
  workspaceId: string,
  jobId: string,
  leads: { row: LeadRow; extras: Extras }[],
): Promise<void> {
  if (leads.length === 0) return
  const drafts = leads.map(({ row, extras: { tags, notes, consents, optOuts, ...place } }): Draft => {
    const hanging = { tags: [...tags], notes: [...notes], consents: [...consents], optOuts: [...optOuts] }
    return { row: { ...row, deletedAt: place.deletedAt }, extras: { ...place, ...hanging } }
  })
  await tx.query(sql`
    insert into import_drafts (workspace_id, job_id, lead_id, email, external_id, phone, lead)
    select ${workspaceId}::uuid, ${jobId}::uuid, v.* from unnest(
      ${leads.map(({ row }) => row.id)}::uuid[], ${leads.map(({ row }) => row.email)}::text[],
      ${leads.map(({ row }) => row.externalId)}::text[], ${leads.map(({ row }) => row.phone)}::text[],
      ${drafts.map((draft) => JSON.stringify(draft))}::jsonb[]
    ) as v (lead_id, email, external_id, phone, lead)
    order by v.lead_id
    on conflict (workspace_id, job_id, lead_id) do update set
      email = excluded.email, external_id = excluded.external_id, phone = excluded.phone, lead = excluded.lead`)
}
