import { confirmationLink, makeConfirmationLink } from '@leadnest/core'
import { Hono } from 'hono'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { may } from '../may.ts'
import { LinkPage } from './link-page.tsx'

export const linkPages = new Hono<SignedInEnv>().post('/:id/confirmation-link', may('leads:write'), async (c) => {
  const { core, session, publicUrl } = c.var
  const { token, ...made } = await makeConfirmationLink(core, session.workspaceId, c.req.param('id'), {}, by(c))
  return c.html(<LinkPage session={session} link={confirmationLink(publicUrl, token)} {...made} />)
})
