import * as v from 'valibot'
import type { Core } from '../core.ts'
import { bySystem } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { addJob } from '../jobs/add-job.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { Time } from '../time.ts'

/** What comes next with a lead, by when, and when to be reminded of it. */
export const NextAction = v.object({
  text: v.string(),
  dueAt: v.string(),
  remindAt: v.nullable(v.string()),
})

export const NextActionInput = v.pipe(
  v.strictObject({
    text: v.pipe(v.string(), v.trim(), v.nonEmpty('Say what comes next.'), v.maxLength(500, 'At most 500 characters.')),
    dueAt: Time,
    remindAt: v.optional(v.nullable(Time), null),
  }),
  v.forward(
    v.partialCheck(
      [['dueAt'], ['remindAt']],
      ({ dueAt, remindAt }) => remindAt === null || remindAt <= dueAt,
      'Be reminded before it is due, or when it is.',
    ),
    ['remindAt'],
  ),
)

export type NextAction = v.InferOutput<typeof NextAction>

const jobKey = (leadId: string) => `remind ${leadId}`

/** Sets what comes next, or nothing, and its reminder. */
export async function writeNextAction(
  tx: Tx,
  workspaceId: string,
  leadId: string,
  before: NextAction | null,
  after: NextAction | null,
): Promise<void> {
  await tx.query(sql`
    update leads set next_action = ${after?.text}, next_action_at = ${after?.dueAt}, remind_at = ${after?.remindAt}
    where workspace_id = ${workspaceId} and id = ${leadId}`)
  const remindAt = after?.remindAt ?? null
  if (remindAt === (before?.remindAt ?? null)) return
  await tx.query(sql`update leads set reminded_at = null where workspace_id = ${workspaceId} and id = ${leadId}`)
  await scheduleReminder(tx, workspaceId, leadId, remindAt)
}

/** Sets the job that reminds, in the place of an earlier one; without a time it is taken back. */
export async function scheduleReminder(
  tx: Tx,
  workspaceId: string,
  leadId: string,
  remindAt: string | null,
): Promise<void> {
  if (remindAt) return addJob(tx, 'remind', { workspaceId, leadId, remindAt }, { key: jobKey(leadId), at: remindAt })
  await tx.query(sql`select 1 as removed from graphile_worker.remove_job(${jobKey(leadId)})`)
}

/** Gives the reminder of a lead, once; what was changed, cleared or deleted since is not reminded of. */
export async function remind(
  core: Core,
  { workspaceId, leadId, remindAt }: { workspaceId: string; leadId: string; remindAt: string },
): Promise<void> {
  const at = core.now()
  await core.inWorkspace(workspaceId, async (tx) => {
    const [lead] = await tx.query<{ nextAction: string; nextActionAt: string }>(sql`
      select next_action, next_action_at from leads
      where workspace_id = ${workspaceId} and id = ${leadId} and deleted_at is null and merged_into is null
        and remind_at = ${remindAt} and reminded_at is null
      for update`)
    if (!lead) return
    await tx.query(sql`update leads set reminded_at = ${at} where workspace_id = ${workspaceId} and id = ${leadId}`)
    const data = { text: lead.nextAction, dueAt: lead.nextActionAt }
    await recordEvents(tx, workspaceId, [newEvent({ type: 'lead.reminded', leadId, ...bySystem, data, at })])
  })
}
