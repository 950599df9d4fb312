import { confirmationLink, makeConfirmationLink } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function confirmationRoutes(mount: Mount, { publicBaseUrl }: { publicBaseUrl: string }) {
  mount('POST /v1/submissions/:id/confirmation-link', async ({ core, principal, params, body }) => {
    const { token, ...made } = await makeConfirmationLink(core, principal.workspaceId, params.id, body, by(principal))
    return { link: confirmationLink(publicBaseUrl, token), ...made }
  })
}
