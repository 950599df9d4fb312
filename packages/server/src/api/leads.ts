import { type Core, createLead, getLead, listLeads, listTimeline } from '@leadnest/core'
import { Answer, type Mount } from '../http/endpoint.ts'

export function leadRoutes(mount: Mount, core: Core) {
  mount('GET /v1/leads', async ({ principal, query }) => listLeads(core, principal.workspaceId, query))

  mount('POST /v1/leads', async ({ principal, body }) => {
    const { lead, created } = await createLead(core, principal.workspaceId, body, {
      actor: principal.actor,
      source: 'api',
    })
    return new Answer(lead, { status: created ? 201 : 200 })
  })

  mount('GET /v1/leads/:id', async ({ principal, params }) => getLead(core, principal.workspaceId, params.id))

  mount('GET /v1/leads/:id/timeline', async ({ principal, params, query }) =>
    listTimeline(core, principal.workspaceId, params.id, query),
  )
}
