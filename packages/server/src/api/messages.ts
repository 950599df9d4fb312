import {
  attachment,
  cancelMessage,
  createMessageTemplate,
  deleteMessageTemplate,
  getConversation,
  getMessage,
  listChannels,
  listConversations,
  listMessages,
  listMessageTemplates,
  openMedia,
  previewMessage,
  sendMessage,
  streamOf,
  updateChannel,
  updateConversation,
  updateMessageTemplate,
} from '@leadnest/core'
import type { Mount } from '../http/endpoint.ts'
import { by } from './by.ts'

export function messageRoutes(mount: Mount) {
  mount('GET /v1/channels', async ({ core, principal }) => ({
    data: await listChannels(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('PATCH /v1/channels/:id', ({ core, principal, params, body }) =>
    updateChannel(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('POST /v1/leads/:id/messages', ({ core, principal, params, body }) =>
    sendMessage(core, principal.workspaceId, { ...body, leadId: params.id }, by(principal)),
  )

  mount('POST /v1/messages/preview', ({ core, principal, body }) => previewMessage(core, principal.workspaceId, body))

  mount('GET /v1/messages/:id', ({ core, principal, params }) => getMessage(core, principal.workspaceId, params.id))

  mount('GET /v1/messages/:id/media/:index', async ({ c, core, principal, params }) => {
    const file = await openMedia(core, principal.workspaceId, params.id, Number(params.index))
    c.header('content-type', 'application/octet-stream')
    c.header('content-disposition', attachment(file.name))
    c.header('content-length', String(file.size))
    return c.body(streamOf(file.read()))
  })

  mount('POST /v1/messages/:id/cancel', ({ core, principal, params }) =>
    cancelMessage(core, principal.workspaceId, params.id, by(principal)),
  )

  mount('GET /v1/message-templates', async ({ core, principal }) => ({
    data: await listMessageTemplates(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/message-templates', ({ core, principal, body }) =>
    createMessageTemplate(core, principal.workspaceId, body, by(principal)),
  )

  mount('PATCH /v1/message-templates/:id', ({ core, principal, params, body }) =>
    updateMessageTemplate(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('DELETE /v1/message-templates/:id', async ({ core, principal, params }) => {
    await deleteMessageTemplate(core, principal.workspaceId, params.id, by(principal))
    return null
  })

  mount('GET /v1/conversations', ({ core, principal, query }) => listConversations(core, principal.workspaceId, query))

  mount('GET /v1/conversations/:id', ({ core, principal, params }) =>
    getConversation(core, principal.workspaceId, params.id),
  )

  mount('PATCH /v1/conversations/:id', ({ core, principal, params, body }) =>
    updateConversation(core, principal.workspaceId, params.id, body, by(principal)),
  )

  mount('GET /v1/conversations/:id/messages', ({ core, principal, params, query }) =>
    listMessages(core, principal.workspaceId, params.id, query),
  )
}
