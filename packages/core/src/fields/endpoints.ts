import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { LeadField, LeadFieldInput, LeadFieldPatch } from './field.ts'

export const fieldEndpoints = {
  'GET /v1/fields': {
    summary: "The workspace's own fields of a lead, archived ones too",
    access: 'settings:read',
    returns: v.object({ data: v.array(LeadField), nextCursor: v.null() }),
  },
  'POST /v1/fields': {
    summary: 'Define a field of leads; its key and type stay',
    access: 'settings:write',
    body: LeadFieldInput,
    returns: LeadField,
    status: 201,
    errors: ['name_taken'],
  },
  'PATCH /v1/fields/:key': {
    summary: 'Rename a field, change its options, archive it or bring it back; leads keep their values',
    access: 'settings:write',
    body: LeadFieldPatch,
    returns: LeadField,
  },
} as const satisfies Record<string, Endpoint>
