import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { normaliseEmail } from '../leads/identity.ts'
import { sql } from '../postgres/sql.ts'
import type { User } from './account.ts'
import { verifyPassword } from './password.ts'

export interface Credentials {
  email: string
  password: string
}

/** A user whose password was right, with what is still to ask. */
export interface KnownUser {
  user: User
  lastWorkspaceId: string | null
  /** Whether a code is asked for too. */
  hasTotp: boolean
}

export const wrong = () => new LeadNestError('unauthenticated', 'E-mail or password is not right.')

/** Throws `unauthenticated`, with the same words for somebody unknown and for a wrong password. */
export async function checkPassword(core: Core, { email, password }: Credentials): Promise<KnownUser> {
  const [row] = await core.outside((tx) =>
    tx.query<User & { passwordHash: string | null; lastWorkspaceId: string | null; hasTotp: boolean }>(sql`
      select id, email, name, password_hash, last_workspace_id,
        exists (select from user_totp t where t.user_id = users.id and t.confirmed_at is not null) as has_totp
      from users where email = ${address(email)} and disabled_at is null`),
  )
  if (!(await verifyPassword(row?.passwordHash, password)) || !row) throw wrong()
  const { id, name, lastWorkspaceId, hasTotp } = row
  return { user: { id, email: row.email, name }, lastWorkspaceId, hasTotp }
}

/** What is no address is nobody's, and is refused as that. */
export function address(text: string): string {
  try {
    return normaliseEmail(text)
  } catch {
    return ''
  }
}

/** Somebody's own password, asked once more before what it protects. Throws `unauthenticated`. */
export async function provePassword(core: Core, email: string, password: string, path = 'password'): Promise<void> {
  try {
    await checkPassword(core, { email, password })
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.code !== 'unauthenticated') throw error
    const message = 'This password is not right.'
    throw new LeadNestError('unauthenticated', message, { issues: [{ path, message }] })
  }
}
