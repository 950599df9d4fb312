import { isId, notFound, type PluginContext, type PluginTx, sql } from '@leadnest/core/plugin'
import type { WebhookEndpoint } from './endpoint.ts'

/** An endpoint as it is shown. */
export const columns = sql`id, url, description, types, changed, filter, header_names, payload_version, enabled, disabled_reason,
  disabled_at, failing_since, paused_until, previous_secret_until, created_at, updated_at`

/** The oldest first. */
export async function listEndpoints({ workspaceId, db }: PluginContext): Promise<WebhookEndpoint[]> {
  return db.query<WebhookEndpoint>(
    sql`select ${columns} from plugin_webhooks_endpoints where workspace_id = ${workspaceId} order by id`,
  )
}

/** Throws `not_found`. */
export const getEndpoint = ({ workspaceId, db }: PluginContext, id: string): Promise<WebhookEndpoint> =>
  readEndpoint(db.query, workspaceId, id)

/** The same in a transaction, held until its end. Throws `not_found`. */
export const lockEndpoint = ({ query }: PluginTx, workspaceId: string, id: string): Promise<WebhookEndpoint> =>
  readEndpoint(query, workspaceId, id, sql`for no key update`)

async function readEndpoint(query: PluginTx['query'], workspaceId: string, id: string, lock = sql``) {
  const [endpoint] = isId(id)
    ? await query<WebhookEndpoint>(sql`
        select ${columns} from plugin_webhooks_endpoints where workspace_id = ${workspaceId} and id = ${id} ${lock}`)
    : []
  if (!endpoint) throw notFound('webhook endpoint')
  return endpoint
}
