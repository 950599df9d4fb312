import { LeadNestError, limitLogins, needsSetup, signIn } from '@leadnest/core'
import { Hono } from 'hono'
import type { AdminEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { keepSession } from '../session.ts'
import { ownPath } from './next.ts'
import { SignInPage } from './page.tsx'

export const signInPages = new Hono<AdminEnv>()
  .get('/', async (c) => {
    const next = ownPath(c.req.query('next'))
    if (c.var.session) return c.redirect(next, 303)
    if (await needsSetup(c.var.core)) return c.redirect('/admin/setup', 303)
    return c.html(<SignInPage next={next} />)
  })

  .post('/', async (c) => {
    const next = ownPath(await formText(c, 'next'))
    const email = (await formText(c, 'email')).trim()
    const password = await formText(c, 'password')
    const { core, client } = c.var
    try {
      const session = await limitLogins(core, { email, from: client }, () => signIn(core, { email, password }))
      keepSession(c, session)
      return c.redirect(next, 303)
    } catch (error) {
      if (!(error instanceof LeadNestError) || error.code !== 'unauthenticated') throw error
      const issues = [{ path: 'password', message: error.message }]
      return c.html(<SignInPage next={next} email={email} error={{ title: 'You are not signed in', issues }} />, 422)
    }
  })
