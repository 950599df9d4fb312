import { listConfirmationLinks, listForms, listSubmissions } from '@leadnest/core'
import { Hono } from 'hono'
import type { SignedInEnv } from '../env.ts'
import { linkPages } from './link-routes.tsx'
import { HeldPage } from './page.tsx'

export const heldPages = new Hono<SignedInEnv>().route('/', linkPages).get('/', async (c) => {
  const { core, session } = c.var
  const cursor = c.req.query('cursor') || undefined
  const [{ data: submissions, nextCursor }, forms] = await Promise.all([
    listSubmissions(core, session.workspaceId, { verdict: ['held'], limit: 30, ...(cursor && { cursor }) }),
    listForms(core, session.workspaceId),
  ])
  const ids = submissions.filter(({ reasons }) => reasons.includes('awaiting_confirmation')).map(({ id }) => id)
  const links = await listConfirmationLinks(core, session.workspaceId, ids)
  return c.html(<HeldPage {...{ session, submissions, nextCursor, forms, links }} isFirstPage={!cursor} />)
})
