import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { Member, MemberPatch, NewMember } from './member.ts'

export const memberEndpoints = {
  'GET /v1/members': {
    summary: 'Who works in the workspace, by name',
    access: 'members:read',
    returns: v.object({ data: v.array(Member), nextCursor: v.null() }),
  },
  'POST /v1/members': {
    summary: 'Make a user of this installation a member',
    access: 'members:write',
    body: NewMember,
    returns: Member,
    status: 201,
    errors: ['identity_taken', 'unknown_reference'],
  },
  'PATCH /v1/members/:id': {
    summary: 'Change role, absence or hours of a member; their own absence and hours may be changed by everybody',
    access: 'user',
    body: MemberPatch,
    returns: Member,
    errors: ['last_owner'],
  },
  'DELETE /v1/members/:id': {
    summary: 'End a membership, or leave; leads keep their owner',
    access: 'user',
    returns: v.null(),
    status: 204,
    errors: ['last_owner'],
  },
} as const satisfies Record<string, Endpoint>
