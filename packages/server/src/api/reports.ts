import { type Core, listLeadSpeed, reportSpeed } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'

export function reportRoutes(mount: Mount, core: Core) {
  mount('GET /v1/reports/speed-to-lead', async ({ principal, query }) =>
    reportSpeed(core, principal.workspaceId, query),
  )

  mount('GET /v1/leads/:id/speed', async ({ principal, params }) => ({
    data: await listLeadSpeed(core, principal.workspaceId, params.id),
    nextCursor: null,
  }))
}
