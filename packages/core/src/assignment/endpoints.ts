import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { AssignmentRule, AssignmentRulePatch, NewAssignmentRule } from './rule.ts'

export const assignmentEndpoints = {
  'GET /v1/assignment-rules': {
    summary: 'Every rule that gives new leads an owner, in their order',
    access: 'settings:read',
    returns: v.object({ data: v.array(AssignmentRule), nextCursor: v.null() }),
  },
  'POST /v1/assignment-rules': {
    summary: 'Add a rule at the end',
    access: 'settings:write',
    body: NewAssignmentRule,
    returns: AssignmentRule,
    status: 201,
    errors: ['unknown_reference'],
  },
  'PATCH /v1/assignment-rules/:id': {
    summary: 'Change a rule, or move it to another position',
    access: 'settings:write',
    body: AssignmentRulePatch,
    returns: AssignmentRule,
    errors: ['unknown_reference'],
  },
  'DELETE /v1/assignment-rules/:id': {
    summary: 'Delete a rule; leads keep their owner',
    access: 'settings:write',
    returns: v.null(),
    status: 204,
  },
} as const satisfies Record<string, Endpoint>
