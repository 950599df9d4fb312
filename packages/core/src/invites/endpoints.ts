import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { Invite, NewInvite, ShownInvite } from './invite.ts'

export const inviteEndpoints = {
  'GET /v1/invites': {
    summary: 'Every open invite, newest first',
    access: 'members:read',
    returns: v.object({ data: v.array(Invite), nextCursor: v.null() }),
  },
  'POST /v1/invites': {
    summary: 'Invite somebody; the link is shown this once, and works once within the hour',
    access: 'members:write',
    body: NewInvite,
    returns: ShownInvite,
    status: 201,
    showsSecret: true,
    errors: ['identity_taken'],
  },
  'DELETE /v1/invites/:id': {
    summary: 'Take an invite back',
    access: 'members:write',
    returns: v.null(),
    status: 204,
  },
} as const satisfies Record<string, Endpoint>
