import { addNote, deleteNote, editNote, listNotes } from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function noteRoutes(mount: Mount) {
  mount('GET /v1/leads/:id/notes', async ({ core, principal, params, query }) =>
    listNotes(core, principal.workspaceId, params.id, query),
  )

  mount('POST /v1/leads/:id/notes', async ({ core, principal, params, body }) =>
    addNote(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('PATCH /v1/notes/:id', async ({ core, principal, params, body }) =>
    editNote(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('DELETE /v1/notes/:id', async ({ core, principal, params }) => {
    await deleteNote(core, principal.workspaceId, params.id, by(principal))
    return null
  })
}
