import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { Merge, MergeInput, MergeResult, UndoneMerge } from './merge.ts'

export const mergeEndpoints = {
  'POST /v1/leads/merge': {
    summary: 'Make one lead of two: the older one survives; dryRun shows the result',
    access: 'leads:write',
    body: MergeInput,
    returns: MergeResult,
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
  },
} as const satisfies Record<string, Endpoint>
