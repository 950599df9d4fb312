import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { sql } from '../postgres/sql.ts'
import type { User } from './account.ts'
import { type Credentials, checkPassword, type KnownUser, wrong } from './check-password.ts'
import { openSession, type SessionToken } from './sessions.ts'
import { spendCode } from './totp.ts'
import { workspacesOf } from './workspaces.ts'

/** How long somebody may look for their code, in ms. */
const ticketLifetime = 5 * 60_000

type SignIn = Credentials & { workspace?: string | undefined }

/** The workspace that was asked for, else the last used. Somebody who is a member of none is answered as unknown. */
async function workspaceFor(core: Core, { user, lastWorkspaceId }: KnownUser, asked?: string): Promise<string> {
  const workspaces = await workspacesOf(core, user.id)
  const chosen = workspaces.find(({ id }) => id === (asked ?? lastWorkspaceId)) ?? (asked ? undefined : workspaces[0])
  if (!chosen) throw wrong()
  return chosen.id
}

/**
 * Who it is, and the workspace they go to. Throws `unauthenticated`; `totp_required` after the right password, where the
 * account asks for a code and `totp` is missing.
 */
export async function authenticate(
  core: Core,
  credentials: SignIn & { totp?: string | undefined },
): Promise<{ user: User; workspaceId: string }> {
  const known = await checkPassword(core, credentials)
  const workspaceId = await workspaceFor(core, known, credentials.workspace)
  if (known.hasTotp) await checkCode(core, known.user.id, credentials.totp)
  return { user: known.user, workspaceId }
}

/** Throws `totp_required` without a code, `unauthenticated` for a wrong one. */
export async function checkCode(core: Core, userId: string, code: string | undefined): Promise<void> {
  if (!code)
    throw new LeadNestError(
      'totp_required',
      'Send the code of your authenticator app as totp, or one of your recovery codes.',
      { issues: [{ path: 'totp', message: 'Send the code of your authenticator app, or a recovery code.' }] },
    )
  await spendCode(core, userId, code)
}

/** Signs a browser in at once, or gives a ticket for `finishSignIn` where a code is asked for. Throws `unauthenticated`. */
export async function beginSignIn(
  core: Core,
  credentials: SignIn & { userAgent?: string | undefined },
): Promise<{ session: SessionToken } | { ticket: string }> {
  const known = await checkPassword(core, credentials)
  const { user } = known
  const workspaceId = await workspaceFor(core, known, credentials.workspace)
  if (!known.hasTotp) return { session: await openSession(core, user, workspaceId, credentials.userAgent) }
  const madeAt = core.now().getTime()
  return { ticket: core.keyring.seal('sign-in ticket', JSON.stringify({ user, workspaceId, madeAt })) }
}

interface Ticket {
  user: User
  workspaceId: string
  madeAt: number
}

/** Whose ticket it is. Throws `unauthenticated` for one that is not ours, or older than five minutes. */
export function readTicket(core: Core, ticket: string): Ticket {
  const text = core.keyring.open('sign-in ticket', ticket)
  const read = text === undefined ? undefined : (JSON.parse(text) as Ticket)
  if (!read || core.now().getTime() - read.madeAt > ticketLifetime)
    throw new LeadNestError('unauthenticated', 'This took too long. Sign in again.')
  return read
}

/** The second step of a sign-in. Throws `unauthenticated`. */
export async function finishSignIn(
  core: Core,
  { ticket, code, userAgent }: { ticket: string; code: string; userAgent?: string | undefined },
): Promise<SessionToken> {
  const { user, workspaceId, madeAt } = readTicket(core, ticket)
  const [known] = await core.outside((tx) =>
    tx.query(sql`
      select 1 as present from users
      where id = ${user.id} and disabled_at is null and tokens_valid_after <= ${new Date(madeAt)}`),
  )
  if (!known) throw wrong()
  await spendCode(core, user.id, code)
  return openSession(core, user, workspaceId, userAgent)
}

/** Signs a browser in. Throws `unauthenticated`, `totp_required`. */
export async function signIn(core: Core, credentials: SignIn & { totp?: string | undefined }): Promise<SessionToken> {
  const { user, workspaceId } = await authenticate(core, credentials)
  return openSession(core, user, workspaceId)
}
