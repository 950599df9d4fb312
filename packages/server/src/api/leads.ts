import {
  createLead,
  deleteLead,
  explainLead,
  getLead,
  listLeads,
  listTags,
  listTimeline,
  tagLead,
  updateLead,
} from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function leadRoutes(mount: Mount) {
  mount('GET /v1/leads', async ({ core, principal, query }) => listLeads(core, principal.workspaceId, query))

  mount('POST /v1/leads', async ({ core, principal, body }) =>
    createLead(core, principal.workspaceId, body, by(principal)),
  )

  mount('GET /v1/leads/:id', async ({ core, principal, params }) => getLead(core, principal.workspaceId, params.id))

  mount('GET /v1/leads/:id/timeline', async ({ core, principal, params, query }) =>
    listTimeline(core, principal.workspaceId, params.id, query),
  )

  mount('GET /v1/leads/:id/explain', async ({ core, principal, params, query }) =>
    explainLead(core, principal.workspaceId, params.id, query),
  )

  mount('PATCH /v1/leads/:id', async ({ core, principal, params, body }) =>
    updateLead(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('DELETE /v1/leads/:id', async ({ core, principal, params }) => {
    await deleteLead(core, principal.workspaceId, params.id, by(principal))
    return null
  })

  mount('POST /v1/leads/:id/tags', async ({ core, principal, params, body }) =>
    tagLead(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('GET /v1/tags', async ({ core, principal }) => ({
    data: await listTags(core, principal.workspaceId),
    nextCursor: null,
  }))
}
