import { invalid, isId, notFound, type PluginContext, sql } from '@leadnest/core/plugin'
import { getSource } from '../sources/find-sources.ts'
import type { InboundCall, InboundCallQuery } from './call.ts'

const columns = sql`id, source_id, delivery, status, error, lead_id, submission_id, created_at, finished_at`

/** The calls of a source, newest first. Throws `not_found`, `invalid_cursor`. */
export async function listCalls(
  context: PluginContext,
  sourceId: string,
  { limit, cursor, status }: InboundCallQuery,
): Promise<{ data: InboundCall[]; nextCursor: string | null }> {
  const { workspaceId, db } = context
  await getSource(context, sourceId)
  return context.page(`calls ${sourceId} ${status ?? ''}`, { limit, cursor }, (after, limit) =>
    db.query<InboundCall>(sql`
      select ${columns} from plugin_inbound_calls
      where workspace_id = ${workspaceId} and source_id = ${sourceId}
        and ${after ? sql`id < ${after}` : sql`true`} and ${status ? sql`status = ${status}` : sql`true`}
      order by id desc limit ${limit}`),
  )
}

/** One call with what it said. Throws `not_found`. */
export async function getCall(
  { workspaceId, db }: PluginContext,
  id: string,
): Promise<InboundCall & { body: Record<string, unknown> }> {
  const [call] = isId(id)
    ? await db.query<InboundCall & { body: Record<string, unknown> }>(
        sql`select ${columns}, body from plugin_inbound_calls where workspace_id = ${workspaceId} and id = ${id}`,
      )
    : []
  if (!call) throw notFound('inbound call')
  return call
}

/** Tries again what became of a call that became nothing. Throws `not_found`, and `invalid_input` for one that did. */
export async function replayCall(context: PluginContext, id: string): Promise<InboundCall> {
  const { workspaceId, db, refresh } = context
  const { body: _, ...call } = await getCall(context, id)
  if (call.submissionId) throw invalid('id', 'This call has become a submission already.')
  await db.transaction(async (query, { addJob }) => {
    await query(sql`
      update plugin_inbound_calls set status = 'waiting', finished_at = null
      where workspace_id = ${workspaceId} and id = ${id} and submission_id is null`)
    await addJob('settle', { callId: id }, { key: id })
  })
  await refresh()
  return { ...call, status: 'waiting', finishedAt: null }
}
