import { listForms, listSubmissions } from '@leadnest/core'
import { Hono } from 'hono'
import type { SignedInEnv } from '../env.ts'
import { HeldPage } from './page.tsx'

export const heldPages = new Hono<SignedInEnv>().get('/', async (c) => {
  const { core, session } = c.var
  const cursor = c.req.query('cursor') || undefined
  const [{ data: submissions, nextCursor }, forms] = await Promise.all([
    listSubmissions(core, session.workspaceId, { verdict: ['held'], limit: 30, ...(cursor && { cursor }) }),
    listForms(core, session.workspaceId),
  ])
  return c.html(<HeldPage {...{ session, submissions, nextCursor, forms }} isFirstPage={!cursor} />)
})
