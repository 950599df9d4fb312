import { type Core, LeadNestError, listForms, listLeads, listMembers, listPipelines } from '@leadnest/core'
import { Hono } from 'hono'
import type { SignedInEnv } from '../env.ts'
import { publicName } from '../forms/public-name.ts'
import { leadChanges } from './change-routes.tsx'
import type { FirstForm } from './empty-list.tsx'
import { LeadsPage } from './index-page.tsx'
import { leadPage } from './lead-page.tsx'
import { listPath, readAddress } from './list-address.ts'
import { memberNames } from './owner.ts'
import { stageNames } from './stage.tsx'

export const leadPages = new Hono<SignedInEnv>()
  .get('/', async (c) => {
    const { core, session, publicUrl } = c.var
    const { workspaceId } = session
    const address = readAddress(c.req.query())
    const { q, sort, cursor } = address
    try {
      const query = { limit: 50, sort, ...(q && { q }), ...(cursor && { cursor }) }
      const [{ data: leads, nextCursor }, pipelines, everybody] = await Promise.all([
        listLeads(core, workspaceId, query),
        listPipelines(core, workspaceId),
        listMembers(core, workspaceId),
      ])
      const firstForm = leads.length ? undefined : await findFirstForm(core, workspaceId)
      const [stages, members] = [stageNames(pipelines), memberNames(everybody)]
      const justDeleted = c.req.query('deleted') === '1'
      return c.html(
        <LeadsPage {...{ session, address, leads, nextCursor, stages, members, justDeleted, firstForm, publicUrl }} />,
      )
    } catch (error) {
      // A shortened or outdated link still leads to its list.
      if (!(error instanceof LeadNestError && error.code === 'invalid_cursor')) throw error
      return c.redirect(listPath({ q, sort }), 303)
    }
  })

  .get('/:id', async (c) => c.html(await leadPage(c, c.req.param('id'))))

  .route('/', leadChanges)

async function findFirstForm(core: Core, workspaceId: string): Promise<FirstForm | undefined> {
  const [form] = await listForms(core, workspaceId)
  return form && { form, formName: await publicName(core, workspaceId, form) }
}
