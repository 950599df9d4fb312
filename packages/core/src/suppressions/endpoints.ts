import * as v from 'valibot'
import { type Endpoint, page } from '../endpoint.ts'
import { Suppression, SuppressionInput, SuppressionQuery } from './suppression.ts'

export const suppressionEndpoints = {
  'GET /v1/suppressions': {
    summary: 'Addresses that are not written to, newest first; with channel and address, what is said about one',
    access: 'leads:read',
    query: SuppressionQuery,
    returns: page(Suppression),
  },
  'POST /v1/suppressions': {
    summary: 'Keep an address from being written to on a channel; 200 where it was said before',
    access: 'leads:write',
    body: SuppressionInput,
    example: { channel: 'email', address: 'ada@example.com', reason: 'Asked on the phone' },
    returns: Suppression,
    status: 201,
    otherStatuses: [200],
  },
  'DELETE /v1/suppressions/:id': {
    summary: 'Take a suppression back that the workspace made; an opt-out stands',
    access: 'leads:write',
    returns: v.null(),
    status: 204,
    errors: ['opt_out_stands'],
  },
} as const satisfies Record<string, Endpoint>
