import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { Merge, MergeInput, MergeResult, UndoneMerge } from './merge.ts'

export const mergeEndpoints = {
  'POST /v1/leads/merge': {
    summary: 'Make one lead of two: the older one survives; dryRun shows the result',
    access: 'leads:write',
    body: MergeInput,
    example: {
      leadIds: ['019a7c3e-5b2a-7c41-9d0f-3a6b8e2f4c10', '019a7c3e-5b2a-7c41-9d0f-3a6b8e2f4c12'],
      dryRun: true,
    },
    returns: MergeResult,
    errors: ['lead_merged', 'merge_not_possible', 'unknown_reference'],
  },
  'GET /v1/leads/:id/merges': {
    summary: 'Merges that a lead survived, newest first',
    access: 'leads:read',
    returns: v.object({ data: v.array(Merge), nextCursor: v.null() }),
  },
  'POST /v1/merges/:id/undo': {
    summary: 'Undo a merge, for 90 days: both leads as they were, but for what was edited since',
    access: 'leads:write',
    returns: UndoneMerge,
    errors: ['merge_not_possible'],
  },
} as const satisfies Record<string, Endpoint>
