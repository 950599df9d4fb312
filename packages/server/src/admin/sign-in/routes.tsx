import {
  beginSignIn,
  canSendLinks,
  finishSignIn,
  type Issue,
  LeadNestError,
  limitLogins,
  needsSetup,
  readTicket,
} from '@leadnest/core'
import { Hono } from 'hono'
import type { AdminEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { keepSession } from '../session.ts'
import { ownPath } from './next.ts'
import { CodePage, SignInPage } from './page.tsx'

const refused = (issues: Issue[]) => ({ title: 'You are not signed in', issues })

export const signInPages = new Hono<AdminEnv>()
  .get('/', async (c) => {
    const next = ownPath(c.req.query('next'))
    if (c.var.session) return c.redirect(next, 303)
    if (await needsSetup(c.var.core)) return c.redirect('/admin/setup', 303)
    const notice = c.req.query('reset') === '1' ? 'Your new password is set. Sign in with it.' : undefined
    return c.html(<SignInPage next={next} notice={notice} canReset={await canSendLinks(c.var.core)} />)
  })

  .post('/', async (c) => {
    const next = ownPath(await formText(c, 'next'))
    const email = (await formText(c, 'email')).trim()
    const password = await formText(c, 'password')
    const { core, client } = c.var
    try {
      const userAgent = c.req.header('user-agent')
      const begun = await limitLogins(core, { email, from: client }, () =>
        beginSignIn(core, { email, password, userAgent }),
      )
      if ('ticket' in begun) return c.html(<CodePage next={next} ticket={begun.ticket} />)
      keepSession(c, begun.session)
      return c.redirect(next, 303)
    } catch (error) {
      if (!(error instanceof LeadNestError) || error.code !== 'unauthenticated') throw error
      const issues = [{ path: 'password', message: error.message }]
      return c.html(
        <SignInPage next={next} email={email} error={refused(issues)} canReset={await canSendLinks(c.var.core)} />,
        422,
      )
    }
  })

  .post('/code', async (c) => {
    const next = ownPath(await formText(c, 'next'))
    const ticket = await formText(c, 'ticket')
    const code = await formText(c, 'totp')
    const { core, client } = c.var
    try {
      const { email } = readTicket(core, ticket).user
      const userAgent = c.req.header('user-agent')
      const session = await limitLogins(core, { email, from: client }, () =>
        finishSignIn(core, { ticket, code, userAgent }),
      )
      keepSession(c, session)
      return c.redirect(next, 303)
    } catch (error) {
      if (!(error instanceof LeadNestError) || error.code !== 'unauthenticated') throw error
      // A wrong code can be typed again; without a ticket there is nothing to go on with.
      if (error.issues.length > 0)
        return c.html(<CodePage next={next} ticket={ticket} error={refused(error.issues)} />, 422)
      return c.html(<SignInPage next={next} error={refused([{ path: '', message: error.message }])} />, 422)
    }
  })
