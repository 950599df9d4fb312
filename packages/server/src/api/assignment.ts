import {
  type Core,
  createAssignmentRule,
  deleteAssignmentRule,
  listAssignmentRules,
  updateAssignmentRule,
} from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { idempotencyOf, toAnswer } from '../http/idempotency.ts'
import { by } from './by.ts'

export function assignmentRoutes(mount: Mount, core: Core) {
  mount('GET /v1/assignment-rules', async ({ principal }) => ({
    data: await listAssignmentRules(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/assignment-rules', async ({ c, principal, body, text }) => {
    const idempotency = idempotencyOf(c, principal, text)
    return toAnswer(await createAssignmentRule(core, principal.workspaceId, body, { ...by(principal), idempotency }))
  })

  mount('PATCH /v1/assignment-rules/:id', async ({ principal, params, body }) =>
    updateAssignmentRule(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('DELETE /v1/assignment-rules/:id', async ({ principal, params }) => {
    await deleteAssignmentRule(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
