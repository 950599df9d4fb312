import * as v from 'valibot'
import { type Endpoint, Limit, page } from '../endpoint.ts'
import { Message, MessageInput } from './message.ts'
import { MessagePreview, PreviewInput } from './preview.ts'

export const messageEndpoints = {
  'POST /v1/leads/:id/messages': {
    summary: 'Queue a message to a lead, to leave at once or at a time; refused where the person opted out',
    access: 'leads:write',
    limit: 'sms',
    body: MessageInput,
    example: { channel: 'sms', body: 'Your table is ready.' },
    returns: Message,
    status: 202,
    errors: ['lead_merged', 'plugin_off', 'suppressed', 'unknown_reference'],
  },
  'POST /v1/messages/preview': {
    summary: 'What a message would be: filled in, with its segments and price, and whether it may be sent',
    access: 'leads:read',
    body: PreviewInput,
    example: { channel: 'sms', templateBody: 'Hello {{ firstName | default: "there" }}' },
    returns: MessagePreview,
    errors: ['plugin_off', 'unknown_reference'],
  },
  'GET /v1/conversations/:id/messages': {
    summary: 'The messages of a conversation, newest first',
    access: 'leads:read',
    query: v.strictObject({ limit: Limit, cursor: v.optional(v.string()) }),
    returns: page(Message),
  },
  'GET /v1/messages/:id': {
    summary: 'One message, with how far it is',
    access: 'leads:read',
    returns: Message,
  },
  'GET /v1/messages/:id/media/:index': {
    summary: 'A file of a message that came in; the first is 0',
    access: 'leads:read',
    returns: v.string(),
    answers: 'application/octet-stream',
  },
  'POST /v1/messages/:id/cancel': {
    summary: 'Take back a message that has not left',
    access: 'leads:write',
    returns: Message,
    errors: ['message_left'],
  },
} as const satisfies Record<string, Endpoint>
