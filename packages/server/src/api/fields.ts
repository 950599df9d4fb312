import { createField, listFields, updateField } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function fieldRoutes(mount: Mount) {
  mount('GET /v1/fields', async ({ core, principal }) => ({
    data: await listFields(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/fields', async ({ core, principal, body }) =>
    createField(core, principal.workspaceId, body, by(principal)),
  )

  mount('PATCH /v1/fields/:key', async ({ core, principal, params, body }) =>
    updateField(core, principal.workspaceId, params.key, body, by(principal)),
  )
}
