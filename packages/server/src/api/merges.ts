import { type Core, dismissDuplicate, listDuplicates, listMerges, mergeLeads, undoMerge } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { idempotencyOf, toAnswer } from '../http/idempotency.ts'
import { by } from './by.ts'

export function mergeRoutes(mount: Mount, core: Core) {
  mount('POST /v1/leads/merge', async ({ c, principal, body, text }) => {
    const idempotency = idempotencyOf(c, principal, text)
    return toAnswer(await mergeLeads(core, principal.workspaceId, body, { ...by(principal), idempotency }))
  })

  mount('GET /v1/leads/:id/merges', async ({ principal, params }) => ({
    data: await listMerges(core, principal.workspaceId, params.id),
    nextCursor: null,
  }))

  mount('POST /v1/merges/:id/undo', async ({ principal, params }) =>
    undoMerge(core, principal.workspaceId, params.id, by(principal)),
  )

  mount('GET /v1/duplicates', async ({ principal, query }) => listDuplicates(core, principal.workspaceId, query))

  mount('GET /v1/leads/:id/duplicates', async ({ principal, params, query }) =>
    listDuplicates(core, principal.workspaceId, { ...query, leadId: params.id }),
  )

  mount('POST /v1/duplicates/:id/dismiss', async ({ principal, params }) => {
    await dismissDuplicate(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
