import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Known } from './subject.ts'

/**
 * Forgets stored answers to repeated requests that name one of these ids, and refusals in which an address of the person stands.
 */
export async function forgetAnswersNaming(
  tx: Tx,
  workspaceId: string,
  ids: string[],
  { emails, phones }: Known,
): Promise<void> {
  await tx.query(sql`
    delete from idempotency_records r using idempotency_names n
    where n.workspace_id = ${workspaceId} and n.named_id = any(${ids}::uuid[])
      and r.workspace_id = ${workspaceId} and r.scope = n.scope and r.key = n.key`)
  await tx.query(sql`
    delete from idempotency_records
    where workspace_id = ${workspaceId} and status >= 400
      and exists (select from unnest(${[...emails, ...phones]}::text[]) as needle where strpos(lower(key || ' ' || body), needle) > 0)`)
}

/** Forgets what was answered to captures. */
export async function forgetAnswersOf(tx: Tx, workspaceId: string, submissionIds: string[]): Promise<void> {
  await tx.query(
    sql`delete from idempotency_records where workspace_id = ${workspaceId} and submission_id = any(${submissionIds}::uuid[])`,
  )
}
