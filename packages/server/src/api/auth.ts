import {
  authenticate,
  createWorkspace,
  describe,
  getWorkspaceSettings,
  LeadNestError,
  limitLogins,
  updateWorkspaceSettings,
} from '@leadnest/core'
import type { AccessTokens } from '../http/access-token.ts'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function authRoutes(mount: Mount, accessTokens: AccessTokens) {
  mount('POST /v1/auth/login', async ({ c, core, body }) => {
    const from = c.get('client')
    const { user, workspaceId } = await limitLogins(core, { email: body.email, from }, () => authenticate(core, body))
    return { ...(await accessTokens.issue(user, workspaceId)), refreshToken: null, tokenType: 'Bearer' as const }
  })

  mount('GET /v1/me', async ({ core, principal }) => describe(core, principal))

  mount('POST /v1/workspaces', async ({ core, body, principal }) => {
    // A key is of one workspace: nobody could enter one that it made.
    if (!principal.user)
      throw new LeadNestError('forbidden', 'Sign in as an owner to create a workspace; a key cannot.')
    return createWorkspace(core, { name: body.name, ownerId: principal.user.id })
  })

  mount('GET /v1/workspace', async ({ core, principal }) => getWorkspaceSettings(core, principal.workspaceId))

  mount('PATCH /v1/workspace', async ({ core, principal, body }) =>
    updateWorkspaceSettings(core, principal.workspaceId, body, by(principal)),
  )
}
