import { makePreferenceLink } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'

export function preferenceRoutes(mount: Mount, { publicBaseUrl }: { publicBaseUrl: string }) {
  mount('GET /v1/leads/:id/preference-link', async ({ core, principal, params, query }) =>
    makePreferenceLink(core, principal.workspaceId, params.id, { ...query, publicBaseUrl }),
  )
}
