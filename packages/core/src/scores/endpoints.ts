import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { LeadScore, NewScoreRule, ScoreRule, ScoreRulePatch } from './rule.ts'

export const scoreEndpoints = {
  'GET /v1/leads/:id/score': {
    summary: 'The score of a lead, and what each rule adds to it',
    access: 'leads:read',
    returns: LeadScore,
  },
  'GET /v1/score-rules': {
    summary: 'Every rule that gives leads points, oldest first',
    access: 'settings:read',
    returns: v.object({ data: v.array(ScoreRule), nextCursor: v.null() }),
  },
  'POST /v1/score-rules': {
    summary: 'Add a rule; all leads are scored anew',
    access: 'settings:write',
    body: NewScoreRule,
    returns: ScoreRule,
    status: 201,
    errors: ['unknown_reference'],
  },
  'PATCH /v1/score-rules/:id': {
    summary: 'Change a rule; all leads are scored anew',
    access: 'settings:write',
    body: ScoreRulePatch,
    returns: ScoreRule,
    errors: ['unknown_reference'],
  },
  'DELETE /v1/score-rules/:id': {
    summary: 'Delete a rule; all leads are scored anew',
    access: 'settings:write',
    returns: v.null(),
    status: 204,
  },
} as const satisfies Record<string, Endpoint>
