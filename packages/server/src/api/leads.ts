import {
  type Core,
  createLead,
  deleteLead,
  getLead,
  listLeads,
  listTags,
  listTimeline,
  tagLead,
  updateLead,
} from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { idempotencyOf, toAnswer } from '../http/idempotency.ts'
import { by } from './by.ts'

export function leadRoutes(mount: Mount, core: Core) {
  mount('GET /v1/leads', async ({ principal, query }) => listLeads(core, principal.workspaceId, query))

  mount('POST /v1/leads', async ({ c, principal, body, text }) => {
    const idempotency = idempotencyOf(c, principal, text)
    return toAnswer(await createLead(core, principal.workspaceId, body, { ...by(principal), idempotency }))
  })

  mount('GET /v1/leads/:id', async ({ principal, params }) => getLead(core, principal.workspaceId, params.id))

  mount('GET /v1/leads/:id/timeline', async ({ principal, params, query }) =>
    listTimeline(core, principal.workspaceId, params.id, query),
  )

  mount('PATCH /v1/leads/:id', async ({ principal, params, body }) =>
    updateLead(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('DELETE /v1/leads/:id', async ({ principal, params }) => {
    await deleteLead(core, principal.workspaceId, params.id, by(principal))
    return null
  })

  mount('POST /v1/leads/:id/tags', async ({ principal, params, body }) =>
    tagLead(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('GET /v1/tags', async ({ principal }) => ({
    data: await listTags(core, principal.workspaceId),
    nextCursor: null,
  }))
}
