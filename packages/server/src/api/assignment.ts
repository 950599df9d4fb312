import { createAssignmentRule, deleteAssignmentRule, listAssignmentRules, updateAssignmentRule } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function assignmentRoutes(mount: Mount) {
  mount('GET /v1/assignment-rules', async ({ core, principal }) => ({
    data: await listAssignmentRules(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/assignment-rules', async ({ core, principal, body }) =>
    createAssignmentRule(core, principal.workspaceId, body, by(principal)),
  )

  mount('PATCH /v1/assignment-rules/:id', async ({ core, principal, params, body }) =>
    updateAssignmentRule(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('DELETE /v1/assignment-rules/:id', async ({ core, principal, params }) => {
    await deleteAssignmentRule(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
