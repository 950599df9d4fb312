import { LeadNestError, needsSetup, setUpOwner } from '@leadnest/core'
import { Hono } from 'hono'
import type { AdminEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { keepSession } from '../session.ts'
import { SetupLinkPage, SetupPage } from './page.tsx'

export const setupPages = new Hono<AdminEnv>()
  .get('/', async (c) => {
    if (!(await needsSetup(c.var.core))) return c.redirect('/admin/sign-in', 303)
    const token = c.req.query('token')
    return c.html(token ? <SetupPage token={token} /> : <SetupLinkPage />)
  })

  .post('/', async (c) => {
    const token = await formText(c, 'token')
    const name = (await formText(c, 'name')).trim()
    const email = (await formText(c, 'email')).trim()
    const password = await formText(c, 'password')
    try {
      keepSession(c, await setUpOwner(c.var.core, { token, email, password, ...(name && { name }) }))
      return c.redirect('/admin/leads', 303)
    } catch (error) {
      if (!(error instanceof LeadNestError) || error.code !== 'invalid_input') throw error
      return c.html(
        <SetupPage token={token} name={name} email={email} error={{ title: error.message, issues: error.issues }} />,
        422,
      )
    }
  })
