import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { isId, newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { bindToWorkspace, hashOf, newSecret, readBound } from '../secrets.ts'
import { findMember, type Member } from './principal.ts'

/**
 * How long a refresh token may be used again, in ms. Tabs that refresh in one moment, and an answer that was lost on its
 * way, each get a token of the same session; later than this a second use is taken for theft.
 */
const grace = 10_000

/** What an app keeps to stay signed in; only its hash is stored. */
export interface RefreshToken {
  refreshToken: string
  sessionId: string
  userId: string
  workspaceId: string
}

/** Signs an app in: a session without a cookie, that goes from refresh token to refresh token. */
export async function openAppSession(
  core: Core,
  { userId, workspaceId, userAgent }: { userId: string; workspaceId: string; userAgent?: string | undefined },
): Promise<RefreshToken> {
  const sessionId = newId()
  const now = core.now()
  return core.inWorkspace(workspaceId, async (tx) => {
    await tx.query(sql`
      insert into sessions (workspace_id, id, user_id, expires_at, created_at, last_used_at, user_agent)
      values (${workspaceId}, ${sessionId}, ${userId}, ${endOf(core, now)}, ${now}, ${now}, ${userAgent?.slice(0, 300) ?? null})`)
    await tx.query(sql`update users set last_workspace_id = ${workspaceId} where id = ${userId}`)
    return { ...(await addToken(core, tx, workspaceId, sessionId)), userId }
  })
}

const endOf = (core: Core, from: Date) => new Date(from.getTime() + core.refreshTtlDays * 86_400_000)

async function addToken(core: Core, tx: Tx, workspaceId: string, sessionId: string) {
  const secret = newSecret()
  const now = core.now()
  await tx.query(sql`
    insert into refresh_tokens (workspace_id, token_hash, session_id, created_at, expires_at)
    values (${workspaceId}, ${hashOf(secret)}, ${sessionId}, ${now}, ${endOf(core, now)})`)
  return { refreshToken: bindToWorkspace(workspaceId, secret), sessionId, workspaceId }
}

/**
 * The next refresh token of a session. Throws `unauthenticated` for one that is unknown, expired, or of an ended session;
 * also for one that was used before, and then the session ends with all its tokens.
 */
export async function refreshSession(core: Core, refreshToken: string): Promise<RefreshToken> {
  const bound = readBound(refreshToken)
  if (!bound) throw refused()
  const { workspaceId } = bound
  const now = core.now()
  const hash = hashOf(bound.secret)
  let ended = false
  const next = await core.inWorkspace(workspaceId, async (tx) => {
    const [given] = await tx.query<{ sessionId: string; userId: string; createdAt: string; usedAt: string | null }>(sql`
      select r.session_id, r.used_at, s.user_id, s.created_at
      from refresh_tokens r join sessions s on s.workspace_id = r.workspace_id and s.id = r.session_id
      where r.workspace_id = ${workspaceId} and r.token_hash = ${hash} and r.expires_at > ${now}
      for update of r, s`)
    if (!given) return undefined
    const { sessionId, userId } = given
    if (given.usedAt !== null && now.getTime() - Date.parse(given.usedAt) > grace) {
      // Returned, not thrown: the end of the session must be committed.
      ended = true
      await tx.query(sql`delete from sessions where workspace_id = ${workspaceId} and id = ${sessionId}`)
      return undefined
    }
    await tx.query(sql`
      update refresh_tokens set used_at = coalesce(used_at, ${now}) where workspace_id = ${workspaceId} and token_hash = ${hash}`)
    await tx.query(sql`
      update sessions set expires_at = ${endOf(core, now)}, last_used_at = ${now}
      where workspace_id = ${workspaceId} and id = ${sessionId}`)
    return { ...(await addToken(core, tx, workspaceId, sessionId)), userId, since: new Date(given.createdAt) }
  })
  if (ended) core.recent.forget()
  if (!next) throw refused()
  const { since, ...token } = next
  if (!(await findMember(core, workspaceId, token.userId, since))) throw refused()
  return token
}

const refused = () =>
  new LeadNestError('unauthenticated', 'This refresh token is not right, or no longer. Sign in again.')

/** Ends the session of a refresh token, whatever became of the token; its access tokens are dead within a second. */
export async function endAppSession(core: Core, refreshToken: string): Promise<void> {
  const bound = readBound(refreshToken)
  if (!bound) return
  const { workspaceId } = bound
  await core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      delete from sessions where workspace_id = ${workspaceId} and id in (
        select session_id from refresh_tokens where workspace_id = ${workspaceId} and token_hash = ${hashOf(bound.secret)}
      )`),
  )
  core.recent.forget()
}

/** Whom an access token speaks for, as they are now or were a second ago; undefined when its session has ended. */
export async function findAppSession(
  core: Core,
  { sessionId, userId, workspaceId }: { sessionId: string; userId: string; workspaceId: string },
): Promise<Member | undefined> {
  if (![sessionId, userId, workspaceId].every(isId)) return undefined
  return core.recent.get(`session ${workspaceId} ${sessionId} ${userId}`, async () => {
    const [session] = await core.inWorkspace(workspaceId, (tx) =>
      tx.query<{ createdAt: string }>(sql`
        select created_at from sessions
        where workspace_id = ${workspaceId} and id = ${sessionId} and user_id = ${userId} and token_hash is null
          and expires_at > ${core.now()}`),
    )
    return session && findMember(core, workspaceId, userId, new Date(session.createdAt))
  })
}
