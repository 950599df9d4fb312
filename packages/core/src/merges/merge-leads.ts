import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { newId } from '../id.ts'
import { changesBetween } from '../leads/changes.ts'
import { readLead } from '../leads/find-leads.ts'
import { unknownReference } from '../pipelines/pipelines.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { moveAll } from './belongings.ts'
import type { MergeInput, MergeResult } from './merge.ts'
import { mergedRow, type Row } from './merged-row.ts'
import { followRows, lockRows, writeRow } from './rows.ts'

/** Thrown to take everything back, and carry the result out. */
class DryRun extends Error {
  readonly result: MergeResult
  constructor(result: MergeResult) {
    super('Nothing was to be changed.')
    this.result = result
  }
}

/**
 * Makes one lead of two: the older one survives, all that hangs on the other moves to it, and whoever is known by an
 * identity of the other is the survivor from then on. Throws `unknown_reference` at `leadIds.<n>`, `lead_merged`.
 */
export async function mergeLeads(
  core: Core,
  workspaceId: string,
  { leadIds, dryRun }: MergeInput,
  by: By,
): Promise<MergeResult> {
  try {
    return await core.inWorkspace(workspaceId, async (tx) => {
      const result = await mergeTwo(core, tx, workspaceId, leadIds, by)
      if (dryRun) throw new DryRun({ ...result, id: null })
      return result
    })
  } catch (error) {
    if (error instanceof DryRun) return error.result
    throw error
  }
}

/** The same in a transaction that does more; a refusal has written nothing. */
export async function mergeTwo(core: Core, tx: Tx, workspaceId: string, leadIds: string[], by: By) {
  const at = core.now()
  const [survivor, other] = await lockBoth(tx, workspaceId, leadIds)
  const [survivorId, mergedId] = [survivor.id as string, other.id as string]
  const before = await readLead(tx, workspaceId, survivorId)

  const id = newId(at.getTime())
  const moved = await moveAll(tx, workspaceId, mergedId, survivorId)
  const tags = await tx.query<{ name: string }>(sql`
    insert into lead_tags (workspace_id, lead_id, name)
    select workspace_id, ${survivorId}, name from lead_tags where workspace_id = ${workspaceId} and lead_id = ${mergedId} order by name
    on conflict do nothing
    returning name`)
  // First the other gives up what says who it is, or the two would have the same.
  await writeRow(tx, workspaceId, mergedId, { ...nameless, merged_into: survivorId, updated_at: at })
  await writeRow(tx, workspaceId, survivorId, { ...mergedRow(survivor, other), updated_at: at })
  const aliases = await addAliases(tx, workspaceId, survivorId, other)
  await followRows(tx, workspaceId, [survivorId])
  const [pairs, waited] = await Promise.all([
    movePairs(tx, workspaceId, mergedId, survivorId, at),
    moveWaiting(tx, workspaceId, mergedId, survivorId),
  ])

  const [survivorAfter] = await lockRows(tx, workspaceId, [survivorId])
  const kept = { ...moved, tags: tags.map(({ name }) => name), newAliases: aliases, pairs, waited }
  await tx.query(sql`
    insert into merges (workspace_id, id, survivor_id, loser_id, survivor_before, loser_before, survivor_after, moved, actor, created_at)
    values (
      ${workspaceId}, ${id}, ${survivorId}, ${mergedId}, ${JSON.stringify(survivor)}, ${JSON.stringify(other)},
      ${JSON.stringify(survivorAfter)}, ${JSON.stringify(kept)}, ${JSON.stringify(by.actor)}, ${at}
    )`)
  const lead = await readLead(tx, workspaceId, survivorId)
  const { submissions, events, notes } = moved
  const counts = {
    submissions: submissions.length,
    events: events.length,
    notes: notes.length,
    tags: tags.length,
  }
  const changes = changesBetween(before, lead)
  const data = { mergeId: id, mergedId, changes, moved: counts }
  await recordEvents(tx, workspaceId, [newEvent({ type: 'lead.merged', leadId: survivorId, ...by, data, at })])
  return { id, lead, mergedId, changes, moved: counts }
}

const nameless = { email: null, external_id: null, phone: null }

/** The older one first. */
async function lockBoth(tx: Tx, workspaceId: string, leadIds: string[]): Promise<[Row, Row]> {
  const rows = await lockRows(tx, workspaceId, leadIds)
  for (const [i, id] of leadIds.entries()) {
    const row = rows.find((row) => row.id === id)
    if (!row || row.deleted_at) throw unknownReference(`leadIds.${i}`, 'There is no such lead.')
    if (row.merged_into)
      throw new LeadNestError('lead_merged', `This lead was merged into ${row.merged_into} already.`, {
        issues: [{ path: `leadIds.${i}`, message: 'Name the one it was merged into.' }],
      })
  }
  return rows as [Row, Row]
}

/** Suggestions about the other are ones about the survivor, dismissed ones too. Returns the new ones. */
async function movePairs(tx: Tx, workspaceId: string, mergedId: string, survivorId: string, at: Date) {
  const pairs = await tx.query<{
    third: string
    reasons: string[]
    dismissedAt: string | null
    dismissedBy: unknown
  }>(sql`
    select case when lead_id = ${mergedId} then other_id else lead_id end as third, reasons, dismissed_at, dismissed_by from duplicates
    where workspace_id = ${workspaceId} and (lead_id = ${mergedId} or other_id = ${mergedId})
      and lead_id <> ${survivorId} and other_id <> ${survivorId}`)
  const added = await Promise.all(
    pairs.map(({ third, reasons, dismissedAt, dismissedBy }) =>
      tx.query<{ id: string }>(sql`
        insert into duplicates (workspace_id, id, lead_id, other_id, reasons, created_at, dismissed_at, dismissed_by)
        values (
          ${workspaceId}, ${newId(at.getTime())}, least(${third}::uuid, ${survivorId}::uuid), greatest(${third}::uuid, ${survivorId}::uuid),
          ${reasons}, ${at}, ${dismissedAt}, ${dismissedBy && JSON.stringify(dismissedBy)}::jsonb
        )
        on conflict (workspace_id, lead_id, other_id) do nothing
        returning id`),
    ),
  )
  return added.flat().map(({ id }) => id)
}

/** Who waited for an owner still does, as the survivor. */
async function moveWaiting(tx: Tx, workspaceId: string, mergedId: string, survivorId: string): Promise<boolean> {
  const waited = await tx.query(sql`
    insert into waiting_leads (workspace_id, lead_id, rule_id, created_at)
    select workspace_id, ${survivorId}, null, created_at from waiting_leads where workspace_id = ${workspaceId} and lead_id = ${mergedId}
    on conflict (workspace_id, lead_id) do update set rule_id = null
    returning 1 as waits`)
  return waited.length > 0
}

/** What the other was known by, where the survivor is not known by it itself. */
async function addAliases(tx: Tx, workspaceId: string, survivorId: string, other: Row) {
  const added = await tx.query<{ key: string }>(sql`
    insert into lead_aliases (workspace_id, kind, value, lead_id)
    select l.workspace_id, v.kind, v.value, l.id
    from leads l, (values
      ('email', ${other.email as string | null}::text), ('external_id', ${other.external_id as string | null}), ('phone', ${other.phone as string | null})
    ) as v (kind, value)
    where l.workspace_id = ${workspaceId} and l.id = ${survivorId} and v.value is not null
      and v.value is distinct from case v.kind when 'email' then l.email when 'external_id' then l.external_id else l.phone end
    on conflict (workspace_id, kind, value) do nothing
    returning kind || ' ' || value as key`)
  return added.map(({ key }) => key)
}
