import {
  authenticate,
  createWorkspace,
  describe,
  endAppSession,
  getWorkspaceSettings,
  LeadNestError,
  limitLogins,
  openAppSession,
  type RefreshToken,
  refreshSession,
  updateWorkspaceSettings,
} from '@leadnest/core'
import type { AccessTokens } from '../http/access-token.ts'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function authRoutes(mount: Mount, accessTokens: AccessTokens) {
  const answer = async (token: RefreshToken) => ({
    ...(await accessTokens.issue(token)),
    refreshToken: token.refreshToken,
    tokenType: 'Bearer' as const,
  })

  mount('POST /v1/auth/login', async ({ core, c, body }) => {
    const from = c.get('client')
    const { user, workspaceId } = await limitLogins(core, { email: body.email, from }, () => authenticate(core, body))
    const userAgent = c.req.header('user-agent')
    return answer(await openAppSession(core, { userId: user.id, workspaceId, userAgent }))
  })

  mount('POST /v1/auth/refresh', async ({ core, body }) => answer(await refreshSession(core, body.refreshToken)))

  mount('POST /v1/auth/logout', async ({ core, body }) => {
    await endAppSession(core, body.refreshToken)
    return null
  })

  mount('GET /v1/me', async ({ core, principal }) => describe(core, principal))

  mount('POST /v1/workspaces', async ({ core, body, principal }) => {
    // A key is of one workspace: nobody could enter one that it made.
    if (!principal.user)
      throw new LeadNestError('forbidden', 'Sign in as an owner to create a workspace; a key cannot.')
    return createWorkspace(core, { name: body.name, ownerId: principal.user.id, by: by(principal) })
  })

  mount('GET /v1/workspace', async ({ core, principal }) => getWorkspaceSettings(core, principal.workspaceId))

  mount('PATCH /v1/workspace', async ({ core, principal, body }) =>
    updateWorkspaceSettings(core, principal.workspaceId, body, by(principal)),
  )
}
