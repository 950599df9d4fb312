import * as v from 'valibot'
import { type Endpoint, Limit, page } from '../endpoint.ts'
import { Event } from '../events/event.ts'
import { Decision } from '../explain/explanation.ts'
import { Lead, LeadInput, LeadPage, LeadPatch, LeadQuery } from './lead.ts'

export const leadEndpoints = {
  'GET /v1/leads': {
    summary: 'List leads, newest first; search with q, narrow down by filter and segment, count with count=true',
    access: 'leads:read',
    query: LeadQuery,
    returns: LeadPage,
    errors: ['unknown_reference'],
  },
  'POST /v1/leads': {
    summary: 'Create a lead (201), or update the one with this identity (200)',
    access: 'leads:write',
    body: LeadInput,
    returns: Lead,
    status: 201,
    otherStatuses: [200],
    errors: ['identity_taken', 'unknown_reference'],
  },
  'GET /v1/leads/:id': {
    summary: 'One lead',
    access: 'leads:read',
    returns: Lead,
  },
  'PATCH /v1/leads/:id': {
    summary: 'Change a lead: what is named, null clears',
    access: 'leads:write',
    body: LeadPatch,
    returns: Lead,
    errors: ['identity_taken', 'lead_merged', 'unknown_reference'],
  },
  'DELETE /v1/leads/:id': {
    summary: 'Delete a lead; it is kept for 30 days, and a new capture revives it',
    access: 'leads:write',
    returns: v.null(),
    status: 204,
    errors: ['lead_merged'],
  },
  'GET /v1/leads/:id/timeline': {
    summary: 'What happened to a lead, newest first',
    access: 'leads:read',
    query: v.strictObject({ limit: Limit, cursor: v.optional(v.string()) }),
    returns: page(Event),
  },
  'GET /v1/leads/:id/explain': {
    summary: 'Every automatic decision about a lead and why, as it was stored when it was taken, newest first',
    access: 'leads:read',
    query: v.strictObject({ limit: Limit, cursor: v.optional(v.string()) }),
    returns: page(Decision),
  },
} as const satisfies Record<string, Endpoint>
