import { eraseLead, exportLead, previewClearing } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function privacyRoutes(mount: Mount) {
  mount('GET /v1/leads/:id/export', async ({ c, core, principal, params }) => {
    const everything = await exportLead(core, principal.workspaceId, params.id, by(principal))
    c.header('content-disposition', `attachment; filename="lead-${params.id.toLowerCase()}.json"`)
    c.header('cache-control', 'no-store')
    return everything
  })

  mount('POST /v1/leads/:id/erase', async ({ core, principal, params, body }) =>
    eraseLead(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('GET /v1/forms/:id/retention', async ({ core, principal, params, query }) =>
    previewClearing(core, principal.workspaceId, params.id, query),
  )
}
