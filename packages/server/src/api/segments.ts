import { createSegment, deleteSegment, getSegment, listSegments, updateSegment } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function segmentRoutes(mount: Mount) {
  mount('GET /v1/segments', async ({ core, principal, query }) => ({
    data: await listSegments(core, principal.workspaceId, query),
    nextCursor: null,
  }))

  mount('POST /v1/segments', async ({ core, principal, body }) =>
    createSegment(core, principal.workspaceId, body, by(principal)),
  )

  mount('GET /v1/segments/:id', async ({ core, principal, params, query }) =>
    getSegment(core, principal.workspaceId, params.id, query),
  )

  mount('PATCH /v1/segments/:id', async ({ core, principal, params, body }) =>
    updateSegment(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('DELETE /v1/segments/:id', async ({ core, principal, params }) => {
    await deleteSegment(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
