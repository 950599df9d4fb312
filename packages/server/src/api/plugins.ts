import { checkPlugin, getPlugin, listPlugins, updatePlugin } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function pluginRoutes(mount: Mount) {
  mount('GET /v1/plugins', async ({ core, principal }) => ({
    data: await listPlugins(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('GET /v1/plugins/:id', async ({ core, principal, params }) => getPlugin(core, principal.workspaceId, params.id))

  mount('PATCH /v1/plugins/:id', async ({ core, principal, params, body }) =>
    updatePlugin(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('POST /v1/plugins/:id/check', async ({ core, principal, params }) =>
    checkPlugin(core, principal.workspaceId, params.id),
  )
}
