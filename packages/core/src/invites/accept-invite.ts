import type { Role, User } from '../accounts/account.ts'
import { checkPassword } from '../accounts/check-password.ts'
import { hashPassword } from '../accounts/password.ts'
import { openSession, type SessionToken } from '../accounts/sessions.ts'
import { checkCode } from '../accounts/sign-in.ts'
import { getWorkspace } from '../accounts/workspaces.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint } from '../postgres/transaction.ts'
import { hashOf, readBound } from '../secrets.ts'

/** What the page of an invite needs to know. */
export interface OpenInvite {
  workspaceId: string
  workspaceName: string
  email: string
  role: Role
  /** Whether there is an account with this address, and whether it asks for a code. */
  known: boolean
  hasTotp: boolean
}

/** Undefined for a link that was used, taken back, replaced, or is an hour old. */
export async function findInvite(core: Core, token: string): Promise<OpenInvite | undefined> {
  const bound = readBound(token)
  if (!bound) return undefined
  const { workspaceId } = bound
  const [invite] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Omit<OpenInvite, 'workspaceId' | 'workspaceName'>>(sql`
      select i.email, i.role, u.id is not null as known, t.confirmed_at is not null as has_totp
      from invites i left join users u on u.email = i.email left join user_totp t on t.user_id = u.id
      where i.workspace_id = ${workspaceId} and i.token_hash = ${hashOf(bound.secret)} and i.expires_at > ${core.now()}`),
  )
  return invite && { ...invite, workspaceId, workspaceName: (await getWorkspace(core, workspaceId)).name }
}

interface Acceptance {
  token: string
  /** A new user's own choice, or the password of the account that is there. */
  password: string
  name?: string | null
  totp?: string | undefined
  userAgent?: string | undefined
}

/**
 * Joins the workspace by an invite, once, and signs in: somebody new with the password that they choose, somebody known
 * with theirs, and a code where their account asks for one. Throws `forbidden` for a link that is no good,
 * `unauthenticated`, `totp_required`, `invalid_input`.
 */
export async function acceptInvite(
  core: Core,
  { token, password, name = null, totp, userAgent }: Acceptance,
): Promise<SessionToken> {
  const invite = await findInvite(core, token)
  if (!invite) throw noGood()
  const { workspaceId, email } = invite
  const joining = invite.known
    ? { user: await proven(core, { email, password, totp }) }
    : { user: { id: newId(), email, name }, hash: await hashPassword(password) }
  await join(core, workspaceId, token, joining)
  return openSession(core, joining.user, workspaceId, userAgent)
}

const noGood = () =>
  new LeadNestError('forbidden', 'This invite was used before, taken back, or is older than an hour. Ask for another.')

async function proven(core: Core, credentials: { email: string; password: string; totp: string | undefined }) {
  const { user, hasTotp } = await checkPassword(core, credentials)
  if (hasTotp) await checkCode(core, user.id, credentials.totp)
  return user
}

async function join(core: Core, workspaceId: string, token: string, { user, hash }: { user: User; hash?: string }) {
  const at = core.now()
  try {
    await core.inWorkspace(workspaceId, async (tx) => {
      const [invite] = await tx.query<{ id: string; role: Role }>(sql`
        delete from invites
        where workspace_id = ${workspaceId} and token_hash = ${hashOf(readBound(token)!.secret)} and expires_at > ${at}
        returning id, role`)
      if (!invite) throw noGood()
      if (hash)
        await tx.query(sql`
          insert into users (id, email, name, password_hash, last_workspace_id)
          values (${user.id}, ${user.email}, ${user.name}, ${hash}, ${workspaceId})`)
      // Tokens of an earlier membership stay dead.
      const joined = await tx.query(sql`
        insert into memberships (workspace_id, user_id, role, created_at, tokens_valid_after)
        values (${workspaceId}, ${user.id}, ${invite.role}, ${at}, ${at})
        on conflict (workspace_id, user_id) do nothing returning 1 as joined`)
      if (joined.length === 0) return
      const actor = { type: 'user' as const, id: user.id, name: user.name ?? user.email }
      const data = { userId: user.id, email: user.email, role: invite.role, inviteId: invite.id }
      await recordEvents(tx, workspaceId, [
        newEvent({ type: 'member.added', leadId: null, actor, source: 'admin', data, at }),
      ])
    })
  } catch (error) {
    if (brokenConstraint(error) !== 'users_email_key') throw error
    throw new LeadNestError('unauthenticated', 'An account with this address was made in this moment. Sign in with it.')
  }
}
