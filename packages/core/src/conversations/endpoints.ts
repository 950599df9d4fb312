import { type Endpoint, page } from '../endpoint.ts'
import { Conversation, ConversationPatch, ConversationQuery } from './conversation.ts'

export const conversationEndpoints = {
  'GET /v1/conversations': {
    summary: 'What is said with people, by every channel; the last message first',
    access: 'leads:read',
    query: ConversationQuery,
    returns: page(Conversation),
    errors: ['unknown_reference'],
  },
  'GET /v1/conversations/:id': {
    summary: 'One conversation',
    access: 'leads:read',
    returns: Conversation,
  },
  'PATCH /v1/conversations/:id': {
    summary: 'Hand a conversation to somebody, put it off, close it, or mark it as read',
    access: 'leads:write',
    body: ConversationPatch,
    example: { status: 'closed', read: true },
    returns: Conversation,
    errors: ['unknown_reference'],
  },
} as const satisfies Record<string, Endpoint>
