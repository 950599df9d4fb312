import { acceptInvite, findInvite, LeadNestError, limitLogins, OwnAccountPatch, parse } from '@leadnest/core'
import { Hono } from 'hono'
import type { AdminEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { UsedLinkPage } from '../reset/page.tsx'
import { answered } from '../saved.ts'
import { keepSession } from '../session.ts'
import { InvitePage } from './page.tsx'

const usedUp = <UsedLinkPage what="An invite" />

/** Where the link of an invite leads. */
export const invitePage = new Hono<AdminEnv>()
  .get('/', async (c) => {
    const token = c.req.query('token') ?? ''
    const invite = await findInvite(c.var.core, token)
    return invite ? c.html(<InvitePage token={token} invite={invite} />) : c.html(usedUp, 403)
  })

  .post('/', async (c) => {
    const { core, client } = c.var
    const token = await formText(c, 'token')
    const name = await formText(c, 'name')
    const password = await formText(c, 'password')
    const totp = await formText(c, 'totp')
    const invite = await findInvite(core, token)
    if (!invite) return c.html(usedUp, 403)
    return answered(
      c,
      async () => {
        const userAgent = c.req.header('user-agent')
        const join = () =>
          acceptInvite(core, { token, password, name: parse(OwnAccountPatch, { name }).name, totp, userAgent })
        keepSession(c, await limitLogins(core, { email: invite.email, from: client }, join).catch(atItsField))
        return c.redirect('/admin/leads', 303)
      },
      (issues) => <InvitePage {...{ token, invite, name, issues }} />,
    )
  })

/** A wrong password has no issue of its own, so that nobody learns whether there is such a user; here that is known. */
function atItsField(error: unknown): never {
  if (!(error instanceof LeadNestError) || !/^(unauthenticated|totp_required)$/.test(error.code)) throw error
  const issues = error.issues.length > 0 ? error.issues : [{ path: 'password', message: 'This password is not right.' }]
  throw new LeadNestError('unauthenticated', error.message, { issues })
}
