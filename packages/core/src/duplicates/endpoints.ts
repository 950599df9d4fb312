import * as v from 'valibot'
import { type Endpoint, Limit, page } from '../endpoint.ts'
import { Duplicate } from './duplicate.ts'

const Page = v.strictObject({ limit: Limit, cursor: v.optional(v.string()) })

export const duplicateEndpoints = {
  'GET /v1/duplicates': {
    summary: 'Pairs of leads that may be one person, newest first',
    access: 'leads:read',
    query: Page,
    returns: page(Duplicate),
  },
  'GET /v1/leads/:id/duplicates': {
    summary: 'Leads that may be the same person as this one',
    access: 'leads:read',
    query: Page,
    returns: page(Duplicate),
  },
  'POST /v1/duplicates/:id/dismiss': {
    summary: 'Say that two leads are not the same person',
    access: 'leads:write',
    returns: v.null(),
    status: 204,
    errors: ['lead_merged'],
  },
} as const satisfies Record<string, Endpoint>
