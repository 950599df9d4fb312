import { askPasswordReset, findPasswordReset, resetPassword } from '@leadnest/core'
import { Hono } from 'hono'
import type { AdminEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { answered } from '../saved.ts'
import { dropSession } from '../session.ts'
import { AskedPage, AskPage, ResetPage, UsedLinkPage } from './page.tsx'

const usedUp = <UsedLinkPage what="A link to set a password" />

/** Where the link of `leadnest user reset-link` leads. */
export const resetPages = new Hono<AdminEnv>()
  .get('/', async (c) => {
    const token = c.req.query('token') ?? ''
    const found = await findPasswordReset(c.var.core, token)
    return found ? c.html(<ResetPage token={token} email={found.email} />) : c.html(usedUp, 403)
  })

  .get('/ask', (c) => c.html(<AskPage />))

  .post('/ask', async (c) => {
    const email = (await formText(c, 'email')).trim()
    return answered(
      c,
      async () => {
        await askPasswordReset(c.var.core, email)
        return c.html(<AskedPage />)
      },
      (issues) => <AskPage email={email} issues={issues} />,
    )
  })

  .post('/', async (c) => {
    const { core } = c.var
    const token = await formText(c, 'token')
    const password = await formText(c, 'password')
    const found = await findPasswordReset(core, token)
    if (!found) return c.html(usedUp, 403)
    return answered(
      c,
      async () => {
        await resetPassword(core, { token, password })
        dropSession(c)
        return c.redirect('/admin/sign-in?reset=1', 303)
      },
      (issues) => <ResetPage token={token} email={found.email} issues={issues} />,
    )
  })
