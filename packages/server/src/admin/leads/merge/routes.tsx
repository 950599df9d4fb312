import {
  dismissDuplicate,
  getLead,
  listFields,
  listForms,
  listLeads,
  listMembers,
  listPipelines,
  mergeLeads,
  parse,
  undoMerge,
} from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { Hono } from 'hono'
import { by } from '../../by.ts'
import type { SignedInEnv } from '../../env.ts'
import { may } from '../../may.ts'
import { plain } from '../list-address.ts'
import { namingOf } from '../naming.ts'
import { ChooseMergePage } from './choose-page.tsx'
import { MergePreviewPage } from './preview-page.tsx'

const mayWrite = may('leads:write')

/** Two leads become one, and two again. */
export const mergePages = new Hono<SignedInEnv>()
  .get('/:id/merge', mayWrite, async (c) => {
    const { core, session } = c.var
    const lead = await getLead(core, session.workspaceId, c.req.param('id'))
    const q = plain(c.req.query('q')).slice(0, 200)
    const { data } = q
      ? await listLeads(core, session.workspaceId, { limit: 20, sort: '-lastActivityAt', q })
      : { data: [] }
    return c.html(<ChooseMergePage {...{ session, lead, q }} found={data.filter(({ id }) => id !== lead.id)} />)
  })

  .get('/:id/merge/:other', mayWrite, async (c) => {
    const { core, session } = c.var
    const { workspaceId } = session
    const { id, other } = c.req.param()
    const leads = await Promise.all([getLead(core, workspaceId, id), getLead(core, workspaceId, other)])
    const body = parse(contract['POST /v1/leads/merge'].body, { leadIds: [id, other], dryRun: true })
    const [result, pipelines, members, forms, fields] = await Promise.all([
      mergeLeads(core, workspaceId, body, by(c)),
      listPipelines(core, workspaceId),
      listMembers(core, workspaceId),
      listForms(core, workspaceId),
      listFields(core, workspaceId),
    ])
    const naming = namingOf({ pipelines, members, forms, fields })
    return c.html(<MergePreviewPage {...{ session, leads, result, naming }} lead={leads[0]} />)
  })

  .post('/:id/merge/:other', mayWrite, async (c) => {
    const { core, session } = c.var
    const { id, other } = c.req.param()
    // What is not there is 404 here as on every page, and not a reference that is wrong.
    await Promise.all([getLead(core, session.workspaceId, id), getLead(core, session.workspaceId, other)])
    const body = parse(contract['POST /v1/leads/merge'].body, { leadIds: [id, other] })
    const { lead } = await mergeLeads(core, session.workspaceId, body, by(c))
    return c.redirect(`/admin/leads/${lead.id}?merged=1`, 303)
  })

  .post('/:id/merges/:merge/undo', mayWrite, async (c) => {
    const { lead, restored } = await undoMerge(c.var.core, c.var.session.workspaceId, c.req.param('merge'), by(c))
    return c.redirect(`/admin/leads/${lead.id}?restored=${restored.id}`, 303)
  })

  .post('/:id/duplicates/:pair/dismiss', mayWrite, async (c) => {
    await dismissDuplicate(c.var.core, c.var.session.workspaceId, c.req.param('pair'), by(c))
    return c.redirect(`/admin/leads/${c.req.param('id')}`, 303)
  })
