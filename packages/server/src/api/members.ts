import { admitMember, type Core, listMembers, removeMember, updateMember } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { idempotencyOf, toAnswer } from '../http/idempotency.ts'

export function memberRoutes(mount: Mount, core: Core) {
  mount('GET /v1/members', async ({ principal }) => ({
    data: await listMembers(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/members', async ({ c, principal, body, text }) => {
    const idempotency = idempotencyOf(c, principal, text)
    return toAnswer(await admitMember(core, body, { principal, source: 'api', idempotency }))
  })

  mount('PATCH /v1/members/:id', async ({ principal, params, body }) =>
    updateMember(core, params.id, body, { principal, source: 'api' }),
  )

  mount('DELETE /v1/members/:id', async ({ principal, params }) => {
    await removeMember(core, params.id, { principal, source: 'api' })
    return null
  })
}
