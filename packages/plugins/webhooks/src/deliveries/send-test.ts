import { newId, type PluginContext, type Principal, sql } from '@leadnest/core/plugin'
import { getEndpoint } from '../endpoints/find-endpoints.ts'
import { messageOf } from '../message.ts'
import type { WebhookDeliveryDetail } from './delivery.ts'
import { getDelivery } from './list-deliveries.ts'
import { insertTries } from './note.ts'
import { type Sealed, targetOf } from './send.ts'
import { tryDelivery } from './try-delivery.ts'

/** Sends something that tells of nothing, once and now, and says what came of it. Also to an endpoint that is disabled. Throws `not_found`. */
export async function sendTest(
  context: PluginContext,
  principal: Principal,
  endpointId: string,
): Promise<WebhookDeliveryDetail> {
  const { workspaceId, db, now } = context
  await getEndpoint(context, endpointId)
  const [sealed] = await db.query<Sealed>(sql`
    select url, headers, secret, replaced_secrets from plugin_webhooks_endpoints
    where workspace_id = ${workspaceId} and id = ${endpointId}`)
  const at = now()
  const [id, eventId, type] = [newId(at.getTime()), newId(at.getTime()), 'webhook.test']
  const body = messageOf({
    id: eventId,
    type,
    leadId: null,
    actor: principal.actor,
    source: 'api',
    data: {},
    createdAt: at.toISOString(),
  })
  const outcome = await tryDelivery(context, targetOf(context, sealed!), { eventId, body })
  await db.transaction(async (query) => {
    await query(sql`
      insert into plugin_webhooks_messages (workspace_id, event_id, body, created_at) values (${workspaceId}, ${eventId}, ${body}, ${at})`)
    await query(sql`
      insert into plugin_webhooks_deliveries (workspace_id, id, endpoint_id, event_id, type, test, status, tries, last_status, last_error, created_at, finished_at)
      values (${workspaceId}, ${id}, ${endpointId}, ${eventId}, ${type}, true, ${outcome.verdict === 'taken' ? 'succeeded' : 'failed'}, 1,
        ${outcome.status}, ${outcome.error}, ${at}, ${at})`)
    await query(insertTries(workspaceId, [{ id, leadId: null, tries: 0, outcome }], at))
  })
  return getDelivery(context, principal, id)
}
