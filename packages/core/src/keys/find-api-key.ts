import { keyPrincipal, type Principal } from '../accounts/principal.ts'
import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import { hashOf, readBound } from '../secrets.ts'
import type { ApiKey } from './api-key.ts'
import { prefixes } from './api-keys.ts'

type Found = Pick<ApiKey, 'id' | 'name' | 'scopes' | 'origins' | 'expiresAt' | 'lastUsedAt'>

/** Whom a key speaks for; undefined for one that is unknown, has ended, or was revoked a second ago. */
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
      tx.query<Found>(sql`
        select id, name, scopes, origins, expires_at, last_used_at from api_keys
        where workspace_id = ${workspaceId} and secret_hash = ${hash} and kind = ${kind} and revoked_at is null
          and (expires_at is null or expires_at > ${core.now()})`),
    )
    if (key) noteUse(core, workspaceId, key)
    return key && keyPrincipal(workspaceId, kind, key)
  })
}

/** At most once a minute for each key. Nobody waits for it, and a request does not fail by it. */
function noteUse(core: Core, workspaceId: string, { id, lastUsedAt }: Found): void {
  const now = core.now()
  const due = new Date(now.getTime() - 60_000)
  if (lastUsedAt !== null && Date.parse(lastUsedAt) > due.getTime()) return
  core
    .inWorkspace(workspaceId, (tx) =>
      tx.query(sql`
        update api_keys set last_used_at = ${now}
        where workspace_id = ${workspaceId} and id = ${id} and (last_used_at is null or last_used_at <= ${due})`),
    )
    .catch((error: unknown) => core.log.warn({ err: error }, 'the use of a key was not noted'))
}
