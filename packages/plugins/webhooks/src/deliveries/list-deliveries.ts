import { isId, notFound, type PluginContext, type Principal, readableTypes, sql } from '@leadnest/core/plugin'
import { getEndpoint } from '../endpoints/find-endpoints.ts'
import { webhookId } from '../message.ts'
import type { DeliveryStatus, WebhookDelivery, WebhookDeliveryDetail, WebhookTry } from './delivery.ts'
import { bodiesOf } from './send.ts'

type Row = Omit<WebhookDelivery, 'webhookId'>
const columns = sql`id, endpoint_id, event_id, type, lead_id, test, status, tries, next_at, last_status, last_error, created_at, finished_at`
const shown = (row: Row): WebhookDelivery => ({ ...row, webhookId: webhookId(row.eventId) })

/** What an endpoint was told, newest first. Throws `not_found`, `invalid_cursor`. */
export async function listDeliveries(
  context: PluginContext,
  endpointId: string,
  { limit, cursor, status }: { limit: number; cursor?: string | undefined; status?: DeliveryStatus | undefined },
): Promise<{ data: WebhookDelivery[]; nextCursor: string | null }> {
  const { workspaceId, db } = context
  await getEndpoint(context, endpointId)
  const page = await context.page(`deliveries ${endpointId} ${status ?? ''}`, { limit, cursor }, (after, limit) =>
    db.query<Row>(sql`
      select ${columns} from plugin_webhooks_deliveries
      where workspace_id = ${workspaceId} and endpoint_id = ${endpointId}
        and ${after ? sql`id < ${after}` : sql`true`} and ${status ? sql`status = ${status}` : sql`true`}
      order by id desc limit ${limit}`),
  )
  return { ...page, data: page.data.map(shown) }
}

/** Throws `not_found`. */
export async function findDelivery({ workspaceId, db }: PluginContext, id: string): Promise<WebhookDelivery> {
  const [row] = isId(id)
    ? await db.query<Row>(
        sql`select ${columns} from plugin_webhooks_deliveries where workspace_id = ${workspaceId} and id = ${id}`,
      )
    : []
  if (!row) throw notFound('webhook delivery')
  return shown(row)
}

/** One delivery with what was sent and answered. Throws `not_found`, and `forbidden` for who may not read what it tells of. */
export async function getDelivery(
  context: PluginContext,
  principal: Principal,
  id: string,
): Promise<WebhookDeliveryDetail> {
  const { workspaceId, db } = context
  const delivery = await findDelivery(context, id)
  if (!delivery.test) readableTypes(principal, [delivery.type as never])
  const { eventId } = delivery
  const [history, messages] = await Promise.all([
    db.query<WebhookTry>(sql`
      select id, status, error, duration_ms, body, created_at from plugin_webhooks_tries
      where workspace_id = ${workspaceId} and delivery_id = ${id} order by id desc limit 100`),
    db.query<{ body: string | null }>(
      sql`select body from plugin_webhooks_messages where workspace_id = ${workspaceId} and event_id = ${eventId}`,
    ),
  ])
  const bodies = await bodiesOf(context, [{ eventId, body: messages[0]?.body ?? null }])
  return { ...delivery, body: bodies.get(eventId) ?? null, history }
}
