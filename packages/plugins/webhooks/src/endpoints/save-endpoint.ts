import {
  EventType,
  invalid,
  newId,
  type PluginContext,
  type Principal,
  readableTypes,
  sql,
} from '@leadnest/core/plugin'
import { wants } from '../deliveries/fan-out.ts'
import { mostLanes } from '../deliveries/note.ts'
import { cancelPending } from './disable.ts'
import type { NewWebhookEndpoint, WebhookEndpoint, WebhookEndpointInput, WebhookEndpointPatch } from './endpoint.ts'
import { columns, getEndpoint, lockEndpoint } from './find-endpoints.ts'
import { mostReplaced, newSecret, openedHeaders, overlap, type ReplacedSecret, stillUsed } from './secret.ts'

/** Makes an endpoint and shows its secret. Throws `address_refused`, `invalid_input`, `unknown_reference`, `forbidden`. */
export async function createEndpoint(
  context: PluginContext,
  principal: Principal,
  input: WebhookEndpointInput,
): Promise<NewWebhookEndpoint> {
  const { workspaceId, db, secrets, now } = context
  await check(context, principal, input)
  const [at, secret, id] = [now(), newSecret(), newId(now().getTime())]
  const { url, description, types, changed, filter, headers, enabled, payloadVersion } = input
  return db.transaction(async (query, { record }) => {
    const [endpoint] = await query<WebhookEndpoint>(sql`
      insert into plugin_webhooks_endpoints (workspace_id, id, url, description, types, changed, filter, header_names, headers,
        payload_version, secret, enabled, disabled_reason, disabled_at, lanes, created_at, updated_at)
      values (${workspaceId}, ${id}, ${url}, ${description}, ${types}, ${changed}, ${filter}, ${Object.keys(headers).sort()},
        ${secrets.seal(JSON.stringify(headers))}, ${payloadVersion}, ${secrets.seal(secret)}, ${enabled}, ${enabled ? null : 'by_hand'},
        ${enabled ? null : at}, ${mostLanes}, ${at}, ${at})
      returning ${columns}`)
    await record('endpoint.created', { endpointId: id, host: new URL(url).host, types })
    return { ...endpoint!, secret }
  })
}

/**
 * Changes what is named; at another origin it has no headers but those that are given with it. Turned off, what waits for it ends;
 * turned on again it begins afresh, and its failures are forgotten. Throws `not_found`, and what `createEndpoint` throws.
 */
export async function updateEndpoint(
  context: PluginContext,
  principal: Principal,
  id: string,
  { headers, ...patch }: WebhookEndpointPatch,
): Promise<WebhookEndpoint> {
  const { workspaceId, db, now } = context
  const at = now()
  await check(context, principal, { ...(await getEndpoint(context, id)), ...patch })
  return db.transaction(async (query, tx) => {
    const before = await lockEndpoint(tx, workspaceId, id)
    const after = { ...before, ...patch }
    // Whoever reads at another address is not shown what was meant for this one.
    const moved = new URL(after.url).origin !== new URL(before.url).origin && before.headerNames.length > 0
    const named = moved || headers ? await mergedHeaders(context, tx.query, id, headers ?? {}, moved) : undefined
    const changes = [
      ...(Object.keys(patch) as (keyof typeof patch)[]).filter(
        (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
      ),
      ...(moved || (headers && Object.keys(headers).length > 0) ? ['headers'] : []),
    ]
    if (changes.length === 0) return before
    const { url, description, types, changed, filter, payloadVersion, enabled } = after
    const [endpoint] = await query<WebhookEndpoint>(sql`
      update plugin_webhooks_endpoints set url = ${url}, description = ${description}, types = ${types}, changed = ${changed},
        filter = ${filter}, payload_version = ${payloadVersion}, updated_at = ${at}
        ${named ? sql`, headers = ${named.sealed}, header_names = ${named.names}` : sql``}
        ${enabled === before.enabled ? sql`` : enabled ? afresh : sql`, enabled = false, disabled_reason = 'by_hand', disabled_at = ${at}`}
      where workspace_id = ${workspaceId} and id = ${id} returning ${columns}`)
    if (before.enabled && !enabled) await cancelPending(tx, workspaceId, id, at)
    await tx.record('endpoint.updated', { endpointId: id, host: new URL(url).host, changes })
    return endpoint!
  })
}

const afresh = sql`, enabled = true, disabled_reason = null, disabled_at = null, failing_since = null, failures = 0,
  paused_until = null, slow = false, lanes = ${mostLanes}`

/** Its log goes with it, and so does what waits for it. Throws `not_found`. */
export async function deleteEndpoint({ workspaceId, db }: PluginContext, id: string): Promise<void> {
  await db.transaction(async (query, tx) => {
    const { url } = await lockEndpoint(tx, workspaceId, id)
    await query(sql`delete from plugin_webhooks_endpoints where workspace_id = ${workspaceId} and id = ${id}`)
    await tx.record('endpoint.deleted', { endpointId: id, host: new URL(url).host })
  })
}

/** A new secret, which is shown; what it replaces signs for a day as well, each for its own. Throws `not_found`, `invalid_input`. */
export async function rotateSecret(
  { workspaceId, db, secrets, now }: PluginContext,
  id: string,
): Promise<NewWebhookEndpoint> {
  const secret = newSecret()
  const at = now()
  return db.transaction(async (query, tx) => {
    const { url } = await lockEndpoint(tx, workspaceId, id)
    const [before] = await query<{ secret: string; replacedSecrets: ReplacedSecret[] }>(sql`
      select secret, replaced_secrets from plugin_webhooks_endpoints where workspace_id = ${workspaceId} and id = ${id}`)
    const until = new Date(at.getTime() + overlap).toISOString()
    // What cannot be opened any more signs nothing, and would keep the new one from it.
    const replaced = [{ secret: before!.secret, until }, ...stillUsed(before!.replacedSecrets, at)].filter(
      ({ secret }) => secrets.open(secret) !== undefined,
    )
    if (replaced.length > mostReplaced)
      throw invalid(
        'id',
        `It was rotated ${mostReplaced} times within 24 hours. Wait until the first of these secrets is out of use.`,
      )
    const [endpoint] = await query<WebhookEndpoint>(sql`
      update plugin_webhooks_endpoints set replaced_secrets = ${JSON.stringify(replaced)}, previous_secret_until = ${replaced[0]?.until ?? null},
        secret = ${secrets.seal(secret)}, updated_at = ${at}
      where workspace_id = ${workspaceId} and id = ${id} returning ${columns}`)
    await tx.record('endpoint.secret_rotated', { endpointId: id, host: new URL(url).host })
    return { ...endpoint!, secret }
  })
}

/**
 * What goes to an endpoint is what whoever makes or turns it could read by themselves. Whether the address may be sent to is looked at
 * again each time that something is.
 */
async function check(
  { fetch, leads }: PluginContext,
  principal: Principal,
  { url, types, filter }: Pick<WebhookEndpoint, 'url' | 'types' | 'filter'>,
): Promise<void> {
  const told = EventType.options.filter((type) => wants({ types, changed: [] }, { type, data: {} }))
  readableTypes(principal, told)
  await fetch.check?.(url)
  if (filter) await leads.checkFilter(filter)
}

async function mergedHeaders(
  context: PluginContext,
  query: PluginContext['db']['query'],
  id: string,
  headers: Record<string, string | null>,
  afresh: boolean,
) {
  const [stored] = await query<{ headers: string }>(sql`
    select headers from plugin_webhooks_endpoints where workspace_id = ${context.workspaceId} and id = ${id}`)
  const merged = Object.entries({ ...(afresh ? {} : openedHeaders(context, stored!.headers)), ...headers }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  return {
    names: merged.map(([name]) => name).sort(),
    sealed: context.secrets.seal(JSON.stringify(Object.fromEntries(merged))),
  }
}
