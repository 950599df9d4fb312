import { giveApiKey, listApiKeys, revokeApiKey, updateApiKey } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { asker, by } from './by.ts'

export function keyRoutes(mount: Mount) {
  mount('GET /v1/api-keys', async ({ core, principal }) => ({
    data: await listApiKeys(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/api-keys', async ({ core, principal, body }) => {
    const { key, text } = await giveApiKey(core, body, asker(principal))
    return { ...key, key: text }
  })

  mount('PATCH /v1/api-keys/:id', async ({ core, principal, params, body }) =>
    updateApiKey(core, params.id, body, asker(principal)),
  )

  mount('DELETE /v1/api-keys/:id', async ({ core, principal, params }) => {
    await revokeApiKey(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
