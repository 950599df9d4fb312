import { switchWorkspace } from '@leadnest/core'
import { Hono } from 'hono'
import type { SignedInEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { keepSession, sessionToken } from '../session.ts'

export const workspaceSwitch = new Hono<SignedInEnv>().post('/', async (c) => {
  const workspaceId = await formText(c, 'workspaceId')
  keepSession(c, await switchWorkspace(c.var.core, sessionToken(c) ?? '', workspaceId, c.req.header('user-agent')))
  return c.redirect('/admin/leads', 303)
})
