import { type Core, getLead, LeadNestError, listForms, listLeads, listSubmissions, listTimeline } from '@leadnest/core'
import { Hono } from 'hono'
import type { SignedInEnv } from '../env.ts'
import { publicName } from '../forms/public-name.ts'
import type { FirstForm } from './empty-list.tsx'
import { LeadsPage } from './index-page.tsx'
import { listPath, readAddress } from './list-address.ts'
import { LeadPage } from './show-page.tsx'

export const leadPages = new Hono<SignedInEnv>()
  .get('/', async (c) => {
    const { core, session, publicUrl } = c.var
    const address = readAddress(c.req.query())
    const { q, sort, cursor } = address
    try {
      const query = { limit: 50, sort, ...(q && { q }), ...(cursor && { cursor }) }
      const { data: leads, nextCursor } = await listLeads(core, session.workspaceId, query)
      const firstForm = leads.length ? undefined : await findFirstForm(core, session.workspaceId)
      return c.html(<LeadsPage {...{ session, address, leads, nextCursor, firstForm, publicUrl }} />)
    } catch (error) {
      // A shortened or outdated link still leads to its list.
      if (!(error instanceof LeadNestError && error.code === 'invalid_cursor')) throw error
      return c.redirect(listPath({ q, sort }), 303)
    }
  })

  .get('/:id', async (c) => {
    const { core, session } = c.var
    const { workspaceId } = session
    const lead = await getLead(core, workspaceId, c.req.param('id'))
    const cursor = c.req.query('cursor')
    const [timeline, submissions, forms] = await Promise.all([
      listTimeline(core, workspaceId, lead.id, { limit: 50, ...(cursor && { cursor }) }),
      listSubmissions(core, workspaceId, { leadId: lead.id, limit: 20 }),
      listForms(core, workspaceId),
    ])
    return c.html(<LeadPage {...{ session, lead, timeline, submissions, forms }} />)
  })

async function findFirstForm(core: Core, workspaceId: string): Promise<FirstForm | undefined> {
  const [form] = await listForms(core, workspaceId)
  return form && { form, formName: await publicName(core, workspaceId, form) }
}
