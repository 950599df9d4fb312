import { confirmPrivacyRequest, listPrivacyRequests, refusePrivacyRequest } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function privacyRequestRoutes(mount: Mount) {
  mount('GET /v1/privacy-requests', async ({ core, principal, query }) =>
    listPrivacyRequests(core, principal.workspaceId, query),
  )

  mount('POST /v1/privacy-requests/:id/confirm', async ({ core, principal, params }) =>
    confirmPrivacyRequest(core, principal.workspaceId, params.id, by(principal)),
  )

  mount('POST /v1/privacy-requests/:id/refuse', async ({ core, principal, params }) =>
    refusePrivacyRequest(core, principal.workspaceId, params.id, by(principal)),
  )
}
