import { cancelJob, checkAction, demand, getJob, listJobs, startBulk, undoJob } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import type { Limited } from '../http/rate-limits.ts'
import { by } from './by.ts'

export function jobRoutes(mount: Mount, limited: Pick<Limited, 'further'>) {
  mount('POST /v1/leads/bulk', async ({ c, core, principal, body }) => {
    if (body.action.type === 'erase') demand(principal, 'privacy:write')
    if (body.action.type === 'export') {
      demand(principal, 'privacy:read')
      await limited.further(c, 'import')
    }
    if (body.action.type === 'plugin') await checkAction(core, principal, body.action, by(principal))
    return startBulk(core, principal.workspaceId, body, by(principal))
  })

  mount('GET /v1/jobs', async ({ core, principal, query }) => listJobs(core, principal.workspaceId, query))

  mount('GET /v1/jobs/:id', async ({ core, principal, params }) => getJob(core, principal.workspaceId, params.id))

  mount('POST /v1/jobs/:id/cancel', async ({ core, principal, params }) =>
    cancelJob(core, principal.workspaceId, params.id, by(principal), principal),
  )

  mount('POST /v1/jobs/:id/undo', async ({ core, principal, params }) =>
    undoJob(core, principal.workspaceId, params.id, by(principal), principal),
  )
}
