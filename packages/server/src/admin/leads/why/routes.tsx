import { explainLead, getLead, listMembers } from '@leadnest/core'
import { Hono } from 'hono'
import type { SignedInEnv } from '../../env.ts'
import { memberNames } from '../owner.ts'
import { WhyPage } from './page.tsx'

export const whyPages = new Hono<SignedInEnv>().get('/:id/why', async (c) => {
  const { core, session } = c.var
  const { workspaceId } = session
  const lead = await getLead(core, workspaceId, c.req.param('id'))
  if (lead.mergedInto) return c.redirect(`/admin/leads/${lead.mergedInto}/why`, 303)
  const cursor = c.req.query('cursor') || undefined
  const [{ data: decisions, nextCursor }, members] = await Promise.all([
    explainLead(core, workspaceId, lead.id, { cursor }),
    listMembers(core, workspaceId),
  ])
  return c.html(
    <WhyPage
      {...{ session, lead, decisions, nextCursor, members: memberNames(members) }}
      isFirstPage={cursor === undefined}
    />,
  )
})
