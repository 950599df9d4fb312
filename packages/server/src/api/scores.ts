import { createScoreRule, deleteScoreRule, getLeadScore, listScoreRules, updateScoreRule } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function scoreRoutes(mount: Mount) {
  mount('GET /v1/leads/:id/score', async ({ core, principal, params }) =>
    getLeadScore(core, principal.workspaceId, params.id),
  )

  mount('GET /v1/score-rules', async ({ core, principal }) => ({
    data: await listScoreRules(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/score-rules', async ({ core, principal, body }) =>
    createScoreRule(core, principal.workspaceId, body, by(principal)),
  )

  mount('PATCH /v1/score-rules/:id', async ({ core, principal, params, body }) =>
    updateScoreRule(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('DELETE /v1/score-rules/:id', async ({ core, principal, params }) => {
    await deleteScoreRule(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
