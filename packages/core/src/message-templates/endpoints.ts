import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { MessageTemplate, MessageTemplateInput, MessageTemplatePatch } from './template.ts'

export const messageTemplateEndpoints = {
  'GET /v1/message-templates': {
    summary: 'The templates of messages, by name',
    access: 'leads:read',
    returns: v.object({ data: v.array(MessageTemplate), nextCursor: v.null() }),
  },
  'POST /v1/message-templates': {
    summary: 'Make a template; what it names has to be there, else the answer says at which place it is not',
    access: 'leads:write',
    body: MessageTemplateInput,
    example: { name: 'Table', body: 'Hello {{ firstName | default: "there" }}, your table is ready.' },
    returns: MessageTemplate,
    status: 201,
    errors: ['name_taken'],
  },
  'PATCH /v1/message-templates/:id': {
    summary: 'Change a template; what waits to be sent by it changes as well',
    access: 'leads:write',
    body: MessageTemplatePatch,
    returns: MessageTemplate,
    errors: ['name_taken'],
  },
  'DELETE /v1/message-templates/:id': {
    summary: 'Delete a template; what waits to be sent by it still is',
    access: 'leads:write',
    returns: v.null(),
    status: 204,
  },
} as const satisfies Record<string, Endpoint>
