import { noteUse } from '../accounts/note-use.ts'
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
    if (key) noteUse(core, 'key', workspaceId, key)
    return key && keyPrincipal(workspaceId, kind, key)
  })
}
