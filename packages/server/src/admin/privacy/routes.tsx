import {
  type Core,
  confirmPrivacyRequest,
  getLead,
  getPrivacyRequest,
  type Lead,
  LeadNestError,
  listPrivacyRequests,
  refusePrivacyRequest,
} from '@leadnest/core'
import { type Context, Hono } from 'hono'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { may } from '../may.ts'
import { ErasePage, RequestsPage } from './page.tsx'

export const privacyRequestPages = new Hono<SignedInEnv>()
  .use(may('privacy:read'))

  .get('/', async (c) => {
    const { core, session } = c.var
    const cursor = c.req.query('cursor') || undefined
    const { data: requests, nextCursor } = await listPrivacyRequests(core, session.workspaceId, { limit: 30, cursor })
    const leads = await findLeads(core, session.workspaceId, [
      ...new Set(requests.flatMap(({ leadId }) => leadId ?? [])),
    ])
    const justSaved = c.req.query('saved') === '1'
    return c.html(<RequestsPage {...{ session, requests, nextCursor, leads, justSaved }} isFirstPage={!cursor} />)
  })

  .get('/:id/erase', may('privacy:write'), async (c) => {
    const { core, session } = c.var
    const { id, status } = await getPrivacyRequest(core, session.workspaceId, c.req.param('id'))
    if (status !== 'open') return c.redirect('/admin/privacy-requests', 303)
    return c.html(<ErasePage {...{ session, id }} />)
  })

  .post('/:id/confirm', may('privacy:write'), (c) => decide(c, confirmPrivacyRequest))
  .post('/:id/refuse', may('privacy:write'), (c) => decide(c, refusePrivacyRequest))

/** Those that are there; who was erased is not. */
async function findLeads(core: Core, workspaceId: string, ids: string[]): Promise<ReadonlyMap<string, Lead>> {
  const found = await Promise.all(
    ids.map((id) =>
      getLead(core, workspaceId, id).catch((error: unknown) => {
        if (!(error instanceof LeadNestError) || error.code !== 'not_found') throw error
      }),
    ),
  )
  return new Map(found.flatMap((lead) => (lead ? [[lead.id, lead] as const] : [])))
}

/** Whoever was faster has decided: the list says what. */
async function decide(c: Context<SignedInEnv>, deed: typeof confirmPrivacyRequest) {
  try {
    await deed(c.var.core, c.var.session.workspaceId, c.req.param('id')!, by(c))
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.code !== 'request_settled') throw error
  }
  return c.redirect('/admin/privacy-requests?saved=1', 303)
}
