import { addJob } from '../jobs/add-job.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'

const jobKey = (workspaceId: string) => `assign_waiting ${workspaceId}`

/** Keeps leads for whom nobody is there; they are looked at again within a minute. */
export async function keepWaiting(
  tx: Tx,
  workspaceId: string,
  waiting: { leadId: string; ruleId: string | null; told?: object }[],
  at: Date,
): Promise<void> {
  await tx.query(sql`
    insert into waiting_leads (workspace_id, lead_id, rule_id, told, created_at)
    select ${workspaceId}::uuid, v.lead_id, v.rule_id, v.told, ${at}::timestamptz
    from unnest(
      ${waiting.map(({ leadId }) => leadId)}::uuid[],
      ${waiting.map(({ ruleId }) => ruleId)}::uuid[],
      ${waiting.map(({ told }) => (told ? JSON.stringify(told) : null))}::jsonb[]
    ) as v (lead_id, rule_id, told)
    order by v.lead_id
    on conflict (workspace_id, lead_id) do update
      set rule_id = excluded.rule_id, told = coalesce(excluded.told, waiting_leads.told)`)
  await lookLater(tx, workspaceId)
}

/** A look within the next minute, wherever none is planned yet. */
export async function lookLater(tx: Tx, workspaceId: string): Promise<void> {
  await tx.query(sql`
    select 1 as added from graphile_worker.add_job(
      'assign_waiting', ${JSON.stringify({ workspaceId })}::json,
      run_at := now() + interval '1 minute', job_key := ${jobKey(workspaceId)}, job_key_mode := 'preserve_run_at')`)
}

/** Looks at once, where anybody waits: somebody may be there now. */
export async function lookNow(tx: Tx, workspaceId: string): Promise<void> {
  const [one] = await tx.query(sql`select 1 as waits from waiting_leads where workspace_id = ${workspaceId} limit 1`)
  if (one) await addJob(tx, 'assign_waiting', { workspaceId }, { key: jobKey(workspaceId) })
}

/** The rules have changed: all who wait are matched anew. */
export async function readAgain(tx: Tx, workspaceId: string): Promise<void> {
  await tx.query(
    sql`update waiting_leads set rule_id = null where workspace_id = ${workspaceId} and rule_id is not null`,
  )
  await lookNow(tx, workspaceId)
}
