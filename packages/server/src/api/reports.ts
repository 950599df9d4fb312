import { listLeadSpeed, reportSpeed } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'

export function reportRoutes(mount: Mount) {
  mount('GET /v1/reports/speed-to-lead', async ({ core, principal, query }) =>
    reportSpeed(core, principal.workspaceId, query),
  )

  mount('GET /v1/leads/:id/speed', async ({ core, principal, params }) => ({
    data: await listLeadSpeed(core, principal.workspaceId, params.id),
    nextCursor: null,
  }))
}
