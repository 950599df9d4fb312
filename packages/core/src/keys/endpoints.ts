import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { ApiKey, ApiKeyPatch, NewApiKey, ShownApiKey } from './api-key.ts'

export const keyEndpoints = {
  'GET /v1/api-keys': {
    summary: 'Every API key, oldest first, revoked ones too',
    access: 'keys:read',
    returns: v.object({ data: v.array(ApiKey), nextCursor: v.null() }),
  },
  'POST /v1/api-keys': {
    summary: 'Create an API key and show it, this once; it can do no more than whoever makes it',
    access: 'keys:write',
    body: NewApiKey,
    returns: ShownApiKey,
    status: 201,
    showsSecret: true,
  },
  'PATCH /v1/api-keys/:id': {
    summary: 'Rename an API key, change its origins or its end',
    access: 'keys:write',
    body: ApiKeyPatch,
    returns: ApiKey,
  },
  'DELETE /v1/api-keys/:id': {
    summary: 'Revoke an API key; it is dead within a second',
    access: 'keys:write',
    returns: v.null(),
    status: 204,
  },
} as const satisfies Record<string, Endpoint>
