import { authenticate, type Core, createWorkspace, describe } from '@leadnest/core'
import type { AccessTokens } from '../http/access-token.ts'
import type { Mount } from '../http/endpoint.ts'

export function authRoutes(mount: Mount, core: Core, accessTokens: AccessTokens) {
  mount('POST /v1/auth/login', async ({ body }) => {
    const { user, workspaceId } = await authenticate(core, body)
    return { ...(await accessTokens.issue(user, workspaceId)), refreshToken: null, tokenType: 'Bearer' as const }
  })

  mount('GET /v1/me', async ({ principal }) => describe(core, principal))

  mount('POST /v1/workspaces', async ({ body, principal }) =>
    createWorkspace(core, { name: body.name, ownerId: principal.user?.id ?? null }),
  )
}
