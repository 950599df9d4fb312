import * as v from 'valibot'
import { type Endpoint, Flag } from '../endpoint.ts'
import { Segment, SegmentInput, SegmentPatch } from './segment.ts'

const Counted = v.strictObject({ count: Flag })

export const segmentEndpoints = {
  'GET /v1/segments': {
    summary: 'Every segment by its name; count=true says how many leads each has',
    access: 'leads:read',
    query: Counted,
    returns: v.object({ data: v.array(Segment), nextCursor: v.null() }),
  },
  'POST /v1/segments': {
    summary: 'Keep a filter and a search under a name',
    access: 'leads:write',
    body: SegmentInput,
    returns: Segment,
    status: 201,
    errors: ['name_taken', 'unknown_reference'],
  },
  'GET /v1/segments/:id': {
    summary: 'One segment; its leads are GET /v1/leads?segment=:id',
    access: 'leads:read',
    query: Counted,
    returns: Segment,
  },
  'PATCH /v1/segments/:id': {
    summary: 'Change what is named of a segment',
    access: 'leads:write',
    body: SegmentPatch,
    returns: Segment,
    errors: ['name_taken', 'unknown_reference'],
  },
  'DELETE /v1/segments/:id': {
    summary: 'Delete a segment; its leads stay',
    access: 'leads:write',
    returns: v.null(),
    status: 204,
  },
} as const satisfies Record<string, Endpoint>
