import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { Lead } from '../leads/lead.ts'
import { Tag, TagChange } from './tag.ts'

export const tagEndpoints = {
  'GET /v1/tags': {
    summary: 'Every tag, with how many leads carry it',
    access: 'leads:read',
    returns: v.object({ data: v.array(Tag), nextCursor: v.null() }),
  },
  'POST /v1/leads/:id/tags': {
    summary: 'Add and remove tags of a lead; a new name makes the tag',
    access: 'leads:write',
    body: TagChange,
    returns: Lead,
    errors: ['lead_merged'],
  },
} as const satisfies Record<string, Endpoint>
