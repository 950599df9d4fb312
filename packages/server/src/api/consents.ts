import { addConsent, addSuppression, listConsents, listSuppressions, removeSuppression } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function consentRoutes(mount: Mount) {
  mount('GET /v1/leads/:id/consents', async ({ core, principal, params, query }) =>
    listConsents(core, principal.workspaceId, params.id, query),
  )

  mount('POST /v1/leads/:id/consents', async ({ core, principal, params, body }) =>
    addConsent(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('GET /v1/suppressions', async ({ core, principal, query }) =>
    listSuppressions(core, principal.workspaceId, query),
  )

  mount('POST /v1/suppressions', async ({ core, principal, body }) =>
    addSuppression(core, principal.workspaceId, body, by(principal)),
  )

  mount('DELETE /v1/suppressions/:id', async ({ core, principal, params }) => {
    await removeSuppression(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
