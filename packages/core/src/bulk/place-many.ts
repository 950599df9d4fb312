import { changesIn } from '../events/changes.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { place } from '../leads/place-lead.ts'
import { touch } from '../leads/statements.ts'
import { holdStages } from '../pipelines/pipelines.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Action, ActionOf } from './actions.ts'

/** Where a lead stands, and whose it is. */
interface Place {
  stage: string
  lostReason: string | null
  stageChangedAt: string | null
  ownerId: string | null
  lastActivityAt: string
}
type PlaceRow = Place & { id: string; gone: boolean }

const told = ['ownerId', 'stage', 'lostReason'] as const

export const placeMany: Action<ActionOf<'assign'> | ActionOf<'move'>> = {
  async apply(tx, workspaceId, ids, { type: _, ...patch }, by, at) {
    const before = (await readPlaces(tx, workspaceId, ids)).filter((row) => mayChange(row, patch))
    const candidates = before.map(({ id }) => id)
    await place(tx, workspaceId, candidates, patch, at)
    const placed = new Map((await readPlaces(tx, workspaceId, candidates)).map((row) => [row.id, row]))
    const changed = before
      .map((row) => ({ row, is: placed.get(row.id)!, changes: changesIn(row, placed.get(row.id)!, told) }))
      .filter(({ changes }) => Object.keys(changes).length > 0)
    await tx.query(
      touch(
        workspaceId,
        changed.map(({ row }) => row.id),
        at,
      ),
    )
    const events = changed.map(({ row, changes }) =>
      newEvent({ type: 'lead.updated', leadId: row.id, ...by, data: { changes }, at }),
    )
    await recordEvents(tx, workspaceId, events, { byJob: true })
    return changed.map(({ row, is }) => ({
      leadId: row.id,
      before: imageOf(row),
      after: imageOf({ ...is, lastActivityAt: later(is.lastActivityAt, at) }),
    }))
  },

  /** A lead whose owner, stage or lost reason was changed since stays as it is; so does one whose stage is gone. */
  async restore(tx, workspaceId, changes, lock, by, at) {
    const rows = await readPlaces(
      tx,
      workspaceId,
      changes.map(({ leadId }) => leadId),
      lock,
    )
    const byLead = new Map(changes.map((change) => [change.leadId, change]))
    const asBefore = rows.flatMap((row) => {
      const { before, after } = byLead.get(row.id) as unknown as { before: Place; after: Place }
      const is = row.gone ? undefined : asItWas(row, before, after)
      return is ? [{ is, changes: changesIn(row, is, told) }] : []
    })
    const stages = await holdStages(
      tx,
      workspaceId,
      asBefore.map(({ is }) => is.stage),
    )
    const restored = asBefore.filter(({ is }) => stages.has(is.stage))
    await writePlaces(
      tx,
      workspaceId,
      restored.map(({ is }) => is),
      at,
    )
    const events = restored.map(({ is, changes }) =>
      newEvent({ type: 'lead.updated', leadId: is.id, ...by, data: { changes }, at }),
    )
    await recordEvents(tx, workspaceId, events, { byJob: true })
    return { seen: rows.map(({ id }) => id), restored: restored.map(({ is }) => is.id) }
  },
}

/** Leaves out who is there already, so that their rows are not written. */
const mayChange = (row: Place, patch: { ownerId?: string | null; stage?: string; lostReason?: string | null }) =>
  (patch.ownerId !== undefined && row.ownerId !== patch.ownerId) ||
  (patch.stage !== undefined && row.stage !== patch.stage) ||
  (patch.lostReason !== undefined && row.lostReason !== (patch.lostReason || null))

const imageOf = ({ stage, lostReason, stageChangedAt, ownerId, lastActivityAt }: Place): Place => ({
  stage,
  lostReason,
  stageChangedAt,
  ownerId,
  lastActivityAt,
})

const later = (time: string, at: Date) => (time > at.toISOString() ? time : at.toISOString())

/** The row with what the job changed as it was before; undefined where any of that is another since. */
function asItWas(row: PlaceRow, before: Place, after: Place): PlaceRow | undefined {
  const is = { ...row }
  for (const name of told) {
    if (before[name] === after[name]) continue
    if (row[name] !== after[name]) return undefined
    Object.assign(is, { [name]: before[name] })
  }
  if (row.stageChangedAt === after.stageChangedAt) is.stageChangedAt = before.stageChangedAt
  if (row.lastActivityAt === after.lastActivityAt) is.lastActivityAt = before.lastActivityAt
  return is
}

const readPlaces = (tx: Tx, workspaceId: string, ids: string[], lock: Sql = sql``): Promise<PlaceRow[]> =>
  tx.query<PlaceRow>(sql`
    select leads.id, leads.stage, leads.lost_reason, leads.stage_changed_at, leads.owner_id, leads.last_activity_at,
      leads.deleted_at is not null or leads.merged_into is not null as gone
    from leads where leads.workspace_id = ${workspaceId} and leads.id = any(${ids}::uuid[])
    order by leads.id ${lock}`)

async function writePlaces(tx: Tx, workspaceId: string, rows: PlaceRow[], at: Date): Promise<void> {
  await tx.query(sql`
    update leads set
      stage = v.stage, lost_reason = v.lost_reason, stage_changed_at = v.stage_changed_at, owner_id = v.owner_id,
      last_activity_at = v.last_activity_at, updated_at = ${at}
    from unnest(
      ${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ stage }) => stage)}::text[], ${rows.map(({ lostReason }) => lostReason)}::text[],
      ${rows.map(({ stageChangedAt }) => stageChangedAt)}::timestamptz[], ${rows.map(({ ownerId }) => ownerId)}::uuid[],
      ${rows.map(({ lastActivityAt }) => lastActivityAt)}::timestamptz[]
    ) as v (id, stage, lost_reason, stage_changed_at, owner_id, last_activity_at)
    where leads.workspace_id = ${workspaceId} and leads.id = v.id and leads.id = any(${rows.map(({ id }) => id)}::uuid[])`)
}
