import { addNote, type Core, deleteNote, editNote, listNotes } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { idempotencyOf, toAnswer } from '../http/idempotency.ts'
import { by } from './by.ts'

export function noteRoutes(mount: Mount, core: Core) {
  mount('GET /v1/leads/:id/notes', async ({ principal, params, query }) =>
    listNotes(core, principal.workspaceId, params.id, query),
  )

  mount('POST /v1/leads/:id/notes', async ({ c, principal, params, body, text }) => {
    const idempotency = idempotencyOf(c, principal, text)
    return toAnswer(await addNote(core, principal.workspaceId, params.id, body, { ...by(principal), idempotency }))
  })

  mount('PATCH /v1/notes/:id', async ({ principal, params, body }) =>
    editNote(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('DELETE /v1/notes/:id', async ({ principal, params }) => {
    await deleteNote(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
