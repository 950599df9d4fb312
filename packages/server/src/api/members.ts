import { admitMember, listMembers, removeMember, updateMember } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { asker } from './by.ts'

export function memberRoutes(mount: Mount) {
  mount('GET /v1/members', async ({ core, principal }) => ({
    data: await listMembers(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/members', async ({ core, principal, body }) => admitMember(core, body, asker(principal)))

  mount('PATCH /v1/members/:id', async ({ core, principal, params, body }) =>
    updateMember(core, params.id, body, asker(principal)),
  )

  mount('DELETE /v1/members/:id', async ({ core, principal, params }) => {
    await removeMember(core, params.id, asker(principal))
    return null
  })
}
