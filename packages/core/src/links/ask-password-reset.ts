import { insertPasswordReset, resetLifetime, resetLink } from '../accounts/password-reset.ts'
import { workspacesOf } from '../accounts/workspaces.ts'
import type { Core } from '../core.ts'
import { addJob } from '../jobs/add-job.ts'
import { normaliseEmail } from '../leads/identity.ts'
import { sql } from '../postgres/sql.ts'
import type { Link } from './link.ts'
import { addLink, resetCarrier } from './offer-link.ts'

/** How long somebody waits before another link is sent to them, in ms. */
const pause = 2 * 60_000

/** Somebody forgot their password. What comes of it is done by a job, so that nobody learns whether there is such a user. Throws `invalid_input`. */
export async function askPasswordReset(core: Core, email: string): Promise<void> {
  const address = normaliseEmail(email)
  const key = `password reset ${core.keyring.sign('password reset', address)}`
  await core.outside((tx) => addJob(tx, 'mail_password_reset', { address }, { key }))
}

/** The job: sends a link to a user, by what the operator set up for the installation. It names one of their workspaces. */
export async function mailPasswordReset(core: Core, { address }: { address: string }): Promise<void> {
  const [user] = await core.outside((tx) =>
    tx.query<{ id: string; lastUntil: string | null }>(sql`
      select u.id, r.expires_at as last_until from users u left join password_resets r on r.user_id = u.id
      where u.email = ${address} and u.disabled_at is null`),
  )
  if (!user) return
  const at = core.now().getTime()
  if (user.lastUntil && Date.parse(user.lastUntil) - resetLifetime > at - pause) return
  const [[workspace], carrier] = await Promise.all([workspacesOf(core, user.id), resetCarrier(core)])
  if (!workspace || !carrier) return
  // Both or neither: a link that nobody sent would keep the next one waiting.
  await core.inWorkspace(carrier.workspaceId, async (tx) => {
    const url = resetLink(core.publicBaseUrl, await insertPasswordReset(core, tx, user.id))
    const expiresAt = new Date(at + resetLifetime).toISOString()
    const link: Link = { kind: 'password_reset', to: address, url, expiresAt, workspace: workspace.name }
    await addLink(core, tx, carrier.workspaceId, carrier.plugin, link)
  })
}
