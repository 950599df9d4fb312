import {
  type Core,
  createScoreRule,
  deleteScoreRule,
  getLeadScore,
  listScoreRules,
  updateScoreRule,
} from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { idempotencyOf, toAnswer } from '../http/idempotency.ts'
import { by } from './by.ts'

export function scoreRoutes(mount: Mount, core: Core) {
  mount('GET /v1/leads/:id/score', async ({ principal, params }) =>
    getLeadScore(core, principal.workspaceId, params.id),
  )

  mount('GET /v1/score-rules', async ({ principal }) => ({
    data: await listScoreRules(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/score-rules', async ({ c, principal, body, text }) => {
    const idempotency = idempotencyOf(c, principal, text)
    return toAnswer(await createScoreRule(core, principal.workspaceId, body, { ...by(principal), idempotency }))
  })

  mount('PATCH /v1/score-rules/:id', async ({ principal, params, body }) =>
    updateScoreRule(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('DELETE /v1/score-rules/:id', async ({ principal, params }) => {
    await deleteScoreRule(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
