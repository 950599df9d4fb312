import type { Core } from '../core.ts'
import { notFound } from '../errors.ts'
import { isId, newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import { bindToWorkspace, hashOf, newSecret, readBound } from '../secrets.ts'
import type { Scope } from './account.ts'
import { keyPrincipal, type Principal } from './principal.ts'

export interface ApiKey {
  id: string
  kind: 'secret' | 'publishable'
  name: string
  scopes: Scope[]
  /** The last characters, to tell keys apart. */
  hint: string
  createdAt: string
  revokedAt: string | null
}

const prefixes = { secret: 'ln_sk_', publishable: 'ln_pk_' } as const

/** Makes a key: `ln_sk_…` for servers, `ln_pk_…` for browsers (it may only draw and send forms). `text` is shown this once. */
export async function createApiKey(
  core: Core,
  workspaceId: string,
  { kind, name, scopes }: { kind: ApiKey['kind']; name: string; scopes: Scope[] },
): Promise<{ key: ApiKey; text: string }> {
  const secret = newSecret()
  const [key] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<ApiKey>(sql`
      insert into api_keys (workspace_id, id, kind, name, scopes, secret_hash, hint)
      values (${workspaceId}, ${newId()}, ${kind}, ${name}, ${kind === 'publishable' ? [] : scopes}, ${hashOf(secret)}, ${secret.slice(-4)})
      returning id, kind, name, scopes, hint, created_at, revoked_at`),
  )
  return { key: key!, text: prefixes[kind] + bindToWorkspace(workspaceId, secret) }
}

export function listApiKeys(core: Core, workspaceId: string): Promise<ApiKey[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<ApiKey>(sql`
      select id, kind, name, scopes, hint, created_at, revoked_at from api_keys where workspace_id = ${workspaceId} order by created_at, id`),
  )
}

/** Throws `not_found`, also for one that is revoked already. */
export async function revokeApiKey(core: Core, workspaceId: string, id: string): Promise<void> {
  const [revoked] = isId(id)
    ? await core.inWorkspace(workspaceId, (tx) =>
        tx.query(
          sql`update api_keys set revoked_at = ${core.now()} where workspace_id = ${workspaceId} and id = ${id} and revoked_at is null returning id`,
        ),
      )
    : []
  if (!revoked) throw notFound('key')
  core.recent.forget()
}

/** Whom a key speaks for; undefined for one that is unknown, or was revoked a second ago. */
export async function findApiKey(core: Core, text: string): Promise<Principal | undefined> {
  const kind = text.startsWith(prefixes.secret)
    ? 'secret'
    : text.startsWith(prefixes.publishable)
      ? 'publishable'
      : undefined
  const bound = kind && readBound(text.slice(prefixes[kind].length))
  if (!bound) return undefined
  const { workspaceId } = bound
  const hash = hashOf(bound.secret)
  return core.recent.get(`key ${workspaceId} ${kind} ${hash.toString('base64url')}`, async () => {
    const [key] = await core.inWorkspace(workspaceId, (tx) =>
      tx.query<{ id: string; name: string; scopes: Scope[] }>(sql`
        select id, name, scopes from api_keys
        where workspace_id = ${workspaceId} and secret_hash = ${hash} and kind = ${kind} and revoked_at is null`),
    )
    return key && keyPrincipal(workspaceId, kind, key)
  })
}
