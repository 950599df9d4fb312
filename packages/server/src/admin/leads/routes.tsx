import {
  type Core,
  getLead,
  LeadNestError,
  LeadQuery,
  listForms,
  listLeads,
  listMembers,
  listPipelines,
  listSegments,
  parse,
} from '@leadnest/core'
import { Hono } from 'hono'
import type { SignedInEnv } from '../env.ts'
import { publicName } from '../forms/public-name.ts'
import { leadActions } from './action-routes.tsx'
import { bulkPages } from './bulk/routes.tsx'
import { leadChanges } from './change-routes.tsx'
import type { FirstForm } from './empty-list.tsx'
import { LeadsPage } from './index-page.tsx'
import { leadPage } from './lead-page.tsx'
import { type ListAddress, listPath, readAddress } from './list-address.ts'
import { mergePages } from './merge/routes.tsx'
import { ownPages } from './own-page.tsx'
import { memberNames } from './owner.ts'
import { leadPrivacy } from './privacy-routes.tsx'
import { segmentPages } from './segments/routes.tsx'
import { stageNames } from './stage.tsx'
import { whyPages } from './why/routes.tsx'

export const leadPages = new Hono<SignedInEnv>()
  .get('/', async (c) => {
    const { core, session, publicUrl } = c.var
    const { workspaceId } = session
    const address = readAddress(c.req.query())
    try {
      const [{ data: leads, nextCursor, count, issues }, pipelines, everybody, segments] = await Promise.all([
        findLeads(core, workspaceId, address),
        listPipelines(core, workspaceId),
        listMembers(core, workspaceId),
        listSegments(core, workspaceId),
      ])
      const firstForm = leads.length ? undefined : await findFirstForm(core, workspaceId)
      const [stages, members] = [stageNames(pipelines), memberNames(everybody)]
      const [justDeleted, justErased] = [c.req.query('deleted') === '1', c.req.query('erased') === '1']
      const found = { leads, nextCursor, count, segments, issues, stages, members }
      return c.html(
        <LeadsPage {...{ session, address, ...found, justDeleted, justErased, firstForm, publicUrl }} />,
        issues.length > 0 ? 422 : 200,
      )
    } catch (error) {
      // A shortened or outdated link still leads to its list.
      const { cursor: _, ...list } = address
      if (!(error instanceof LeadNestError)) throw error
      if (error.code === 'invalid_cursor') return c.redirect(listPath(list), 303)
      if (error.code === 'unknown_reference') return c.redirect(listPath({ ...list, segment: '' }), 303)
      throw error
    }
  })

  .route('/segments', segmentPages)
  .route('/bulk', bulkPages)

  .get('/:id', async (c) => {
    const { mergedInto } = await getLead(c.var.core, c.var.session.workspaceId, c.req.param('id'))
    if (mergedInto) return c.redirect(`/admin/leads/${mergedInto}`, 303)
    return c.html(await leadPage(c, c.req.param('id')))
  })

  .route('/', leadActions)
  .route('/', leadChanges)
  .route('/', mergePages)
  .route('/', leadPrivacy)
  .route('/', ownPages)
  .route('/', whyPages)

/** The page of an address; none where its filter cannot be read, with what is wrong. */
async function findLeads(core: Core, workspaceId: string, { q, filter, segment, sort, cursor }: ListAddress) {
  try {
    const query = parse(LeadQuery, {
      limit: '50',
      sort,
      ...(q && { q }),
      ...(filter && { filter }),
      ...(segment && { segment }),
      // Counted once, on the first page.
      ...(cursor ? { cursor } : { count: 'true' }),
    })
    return { ...(await listLeads(core, workspaceId, query)), issues: [] }
  } catch (error) {
    const issues = error instanceof LeadNestError ? error.issues : []
    if (!issues.some(({ path }) => path === 'filter')) throw error
    return { data: [], nextCursor: null, count: undefined, issues }
  }
}

async function findFirstForm(core: Core, workspaceId: string): Promise<FirstForm | undefined> {
  const [form] = await listForms(core, workspaceId)
  return form && { form, formName: await publicName(core, workspaceId, form) }
}
