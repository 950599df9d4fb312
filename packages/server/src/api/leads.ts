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
import { Answer, type Mount } from '../http/endpoint.ts'
import { idempotencyOf, replayedHeader } from '../http/idempotency.ts'
import { by } from './by.ts'

export function leadRoutes(mount: Mount, core: Core) {
  mount('GET /v1/leads', async ({ principal, query }) => listLeads(core, principal.workspaceId, query))

  mount('POST /v1/leads', async ({ c, principal, body, text }) => {
    const { workspaceId, actor } = principal
    const idempotency = idempotencyOf(c, principal, text)
    const { lead, created, replayed } = await createLead(core, workspaceId, body, { actor, source: 'api', idempotency })
    return new Answer(lead, { status: created ? 201 : 200, headers: replayedHeader(replayed) })
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
