import {
  findSubmissions,
  getSubmission,
  markManySpam,
  markSpam,
  releaseSubmission,
  releaseSubmissions,
} from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function submissionRoutes(mount: Mount) {
  mount('GET /v1/submissions', async ({ core, principal, query }) =>
    findSubmissions(core, principal.workspaceId, query),
  )

  mount('GET /v1/submissions/:id', async ({ core, principal, params }) =>
    getSubmission(core, principal.workspaceId, params.id),
  )

  mount('POST /v1/submissions/release', async ({ core, principal, body }) => ({
    data: await releaseSubmissions(core, principal.workspaceId, body.ids, by(principal)),
  }))

  mount('POST /v1/submissions/spam', async ({ core, principal, body }) => ({
    data: await markManySpam(core, principal.workspaceId, body.ids, by(principal)),
  }))

  mount('POST /v1/submissions/:id/release', async ({ core, principal, params }) =>
    releaseSubmission(core, principal.workspaceId, params.id, by(principal)),
  )

  mount('POST /v1/submissions/:id/spam', async ({ core, principal, params }) =>
    markSpam(core, principal.workspaceId, params.id, by(principal)),
  )
}
