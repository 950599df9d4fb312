import { demand, type Principal } from '../accounts/principal.ts'
import type { Core } from '../core.ts'
import { invalid, LeadNestError, notFound } from '../errors.ts'
import { changesIn } from '../events/changes.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { checkOrigins } from '../forms/check-origins.ts'
import { isId, newId } from '../id.ts'
import type { Asker } from '../members/change-members.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { bindToWorkspace, hashOf, newSecret } from '../secrets.ts'
import type { ApiKey, ApiKeyPatch, NewApiKey } from './api-key.ts'

export const prefixes = { secret: 'ln_sk_', publishable: 'ln_pk_' } as const

const columns = sql`id, kind, name, scopes, origins, hint, created_at, expires_at, last_used_at, revoked_at`

/** What a key is made of; `origins` and `expiresAt` none unless told. */
type Made = Pick<ApiKey, 'kind' | 'name' | 'scopes'> & Partial<NewApiKey>

/**
 * Makes a key: `ln_sk_…` for servers, with scopes; `ln_pk_…` for browsers, which may only draw and send forms, and only on
 * its origins where it has any. `text` is shown this once. Throws `invalid_input`.
 */
export async function createApiKey(
  core: Core,
  workspaceId: string,
  input: Made,
  by: By,
): Promise<{ key: ApiKey; text: string }> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const { key, text } = await insertApiKey(core, tx, workspaceId, input)
    const { id: keyId, name, kind, scopes, origins, expiresAt } = key
    const data = { keyId, name, kind, scopes, origins, expiresAt }
    await recordEvents(tx, workspaceId, [newEvent({ type: 'key.created', leadId: null, ...by, data, at: core.now() })])
    return { key, text }
  })
}

export async function insertApiKey(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { kind, name, scopes, origins = [], expiresAt = null }: Made,
): Promise<{ key: ApiKey; text: string }> {
  if (kind === 'secret' && scopes.length === 0) throw invalid('scopes', 'Name what the key may do.')
  if (kind === 'publishable' && scopes.length > 0)
    throw invalid('scopes', 'A publishable key has no scopes: it may only draw and send forms.')
  mindEnd(core, expiresAt)
  const secret = newSecret()
  const [key] = await tx.query<ApiKey>(sql`
    insert into api_keys (workspace_id, id, kind, name, scopes, origins, secret_hash, hint, created_at, expires_at)
    values (${workspaceId}, ${newId()}, ${kind}, ${name}, ${[...new Set(scopes)]}, ${originsOf(kind, origins)}, ${hashOf(secret)}, ${secret.slice(-4)}, ${core.now()}, ${expiresAt})
    returning ${columns}`)
  return { key: key!, text: prefixes[kind] + bindToWorkspace(workspaceId, secret) }
}

/** The same for somebody who may give away no more than they have. Throws `forbidden`. */
export async function giveApiKey(core: Core, input: NewApiKey, { principal, source }: Asker) {
  demand(principal, 'keys:write')
  for (const scope of input.scopes) demand(principal, scope)
  mindOwnEnd(principal, input.expiresAt)
  return createApiKey(core, principal.workspaceId, input, { actor: principal.actor, source })
}

export function listApiKeys(core: Core, workspaceId: string): Promise<ApiKey[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<ApiKey>(sql`select ${columns} from api_keys where workspace_id = ${workspaceId} order by created_at, id`),
  )
}

/** Throws `not_found`, also for one that is revoked; `invalid_input`, `forbidden`. */
export async function updateApiKey(
  core: Core,
  id: string,
  patch: ApiKeyPatch,
  { principal, source }: Asker,
): Promise<ApiKey> {
  const { workspaceId, actor } = principal
  if (!isId(id)) throw notFound('key')
  const key = await core.inWorkspace(workspaceId, async (tx) => {
    const [before] = await tx.query<ApiKey>(sql`
      select ${columns} from api_keys where workspace_id = ${workspaceId} and id = ${id} and revoked_at is null for update`)
    if (!before) throw notFound('key')
    // Nor may anybody prolong, or open to more pages, a key that can do more than they can.
    for (const scope of before.scopes) demand(principal, scope)
    const after = { ...before, ...patch, ...(patch.origins && { origins: originsOf(before.kind, patch.origins) }) }
    const changes = changesIn(before, after, ['name', 'origins', 'expiresAt'])
    if (Object.keys(changes).length === 0) return before
    if (changes.expiresAt) {
      mindEnd(core, after.expiresAt)
      mindOwnEnd(principal, after.expiresAt)
    }
    await tx.query(sql`
      update api_keys set name = ${after.name}, origins = ${after.origins}, expires_at = ${after.expiresAt}
      where workspace_id = ${workspaceId} and id = ${id}`)
    const data = { keyId: id, name: before.name, changes }
    await recordEvents(tx, workspaceId, [
      newEvent({ type: 'key.updated', leadId: null, actor, source, data, at: core.now() }),
    ])
    return after
  })
  core.recent.forget()
  return key
}

/** Throws `not_found`, also for one that is revoked already. */
export async function revokeApiKey(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  if (!isId(id)) throw notFound('key')
  const at = core.now()
  await core.inWorkspace(workspaceId, async (tx) => {
    const [key] = await tx.query<{ name: string }>(sql`
      update api_keys set revoked_at = ${at}
      where workspace_id = ${workspaceId} and id = ${id} and revoked_at is null returning name`)
    if (!key) throw notFound('key')
    const data = { keyId: id.toLowerCase(), name: key.name }
    await recordEvents(tx, workspaceId, [newEvent({ type: 'key.revoked', leadId: null, ...by, data, at })])
  })
  core.recent.forget()
}

function originsOf(kind: ApiKey['kind'], lines: string[]): string[] {
  if (kind === 'secret' && lines.length > 0)
    throw invalid('origins', 'Only a publishable key has origins; a secret key belongs on no page.')
  return [...new Set(checkOrigins(lines))]
}

function mindEnd(core: Core, expiresAt: string | null): void {
  if (expiresAt !== null && Date.parse(expiresAt) <= core.now().getTime())
    throw invalid('expiresAt', 'This moment is over. Name one that is to come.')
}

/** A key that ends makes none that goes on. */
function mindOwnEnd({ expiresAt }: Principal, given: string | null): void {
  if (expiresAt !== null && (given === null || Date.parse(given) > Date.parse(expiresAt)))
    throw new LeadNestError('forbidden', `A key cannot make one that lives longer than itself (${expiresAt}).`)
}
