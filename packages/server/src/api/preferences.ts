import { makePreferenceLink } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function preferenceRoutes(mount: Mount, { publicBaseUrl }: { publicBaseUrl: string }) {
  mount('POST /v1/leads/:id/preference-link', ({ core, principal, params, body }) =>
    makePreferenceLink(core, principal.workspaceId, params.id, { ...body, publicBaseUrl }, by(principal)),
  )
}
