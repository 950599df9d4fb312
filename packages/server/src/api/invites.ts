import { createInvite, inviteLink, listInvites, revokeInvite } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { asker } from './by.ts'

export function inviteRoutes(mount: Mount, { publicBaseUrl }: { publicBaseUrl: string }) {
  mount('GET /v1/invites', async ({ core, principal }) => ({
    data: await listInvites(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/invites', async ({ core, principal, body }) => {
    const { invite, token } = await createInvite(core, body, asker(principal))
    return { ...invite, link: inviteLink(publicBaseUrl, token) }
  })

  mount('DELETE /v1/invites/:id', async ({ core, principal, params }) => {
    await revokeInvite(core, params.id, asker(principal))
    return null
  })
}
