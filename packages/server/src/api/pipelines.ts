import { createPipeline, deletePipeline, listPipelines, replacePipeline } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function pipelineRoutes(mount: Mount) {
  mount('GET /v1/pipelines', async ({ core, principal }) => ({
    data: await listPipelines(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/pipelines', async ({ core, principal, body }) =>
    createPipeline(core, principal.workspaceId, body, by(principal)),
  )

  mount('PATCH /v1/pipelines/:id', async ({ core, principal, params, body }) =>
    replacePipeline(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('DELETE /v1/pipelines/:id', async ({ core, principal, params }) => {
    await deletePipeline(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
