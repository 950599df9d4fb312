import { type Core, createField, listFields, updateField } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function fieldRoutes(mount: Mount, core: Core) {
  mount('GET /v1/fields', async ({ principal }) => ({
    data: await listFields(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/fields', async ({ principal, body }) => createField(core, principal.workspaceId, body, by(principal)))

  mount('PATCH /v1/fields/:key', async ({ principal, params, body }) =>
    updateField(core, principal.workspaceId, params.key, body, by(principal)),
  )
}
