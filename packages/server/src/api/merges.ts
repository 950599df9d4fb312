import { dismissDuplicate, listDuplicates, listMerges, mergeLeads, undoMerge } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function mergeRoutes(mount: Mount) {
  mount('POST /v1/leads/merge', async ({ core, principal, body }) =>
    mergeLeads(core, principal.workspaceId, body, by(principal)),
  )

  mount('GET /v1/leads/:id/merges', async ({ core, principal, params }) => ({
    data: await listMerges(core, principal.workspaceId, params.id),
    nextCursor: null,
  }))

  mount('POST /v1/merges/:id/undo', async ({ core, principal, params }) =>
    undoMerge(core, principal.workspaceId, params.id, by(principal)),
  )

  mount('GET /v1/duplicates', async ({ core, principal, query }) => listDuplicates(core, principal.workspaceId, query))

  mount('GET /v1/leads/:id/duplicates', async ({ core, principal, params, query }) =>
    listDuplicates(core, principal.workspaceId, { ...query, leadId: params.id }),
  )

  mount('POST /v1/duplicates/:id/dismiss', async ({ core, principal, params }) => {
    await dismissDuplicate(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
