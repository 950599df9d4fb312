import { admitMember, listMembers, removeMember, updateMember } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'

export function memberRoutes(mount: Mount) {
  mount('GET /v1/members', async ({ core, principal }) => ({
    data: await listMembers(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/members', async ({ core, principal, body }) => admitMember(core, body, { principal, source: 'api' }))

  mount('PATCH /v1/members/:id', async ({ core, principal, params, body }) =>
    updateMember(core, params.id, body, { principal, source: 'api' }),
  )

  mount('DELETE /v1/members/:id', async ({ core, principal, params }) => {
    await removeMember(core, params.id, { principal, source: 'api' })
    return null
  })
}
