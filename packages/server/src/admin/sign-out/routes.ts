import { endSession } from '@leadnest/core'
import { Hono } from 'hono'
import type { AdminEnv } from '../env.ts'
import { dropSession, sessionToken } from '../session.ts'

export const signOut = new Hono<AdminEnv>().post('/', async (c) => {
  const token = sessionToken(c)
  if (token) await endSession(c.var.core, token)
  dropSession(c)
  return c.redirect('/admin/sign-in', 303)
})
