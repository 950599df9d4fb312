import type { Endpoint } from '../endpoint.ts'
import { ClearingPreview } from './clearing.ts'
import { Erasure, ErasureInput } from './erasure.ts'
import { LeadExport } from './lead-export.ts'
import { RetentionQuery } from './retention.ts'

export const privacyEndpoints = {
  'GET /v1/leads/:id/export': {
    summary: 'Everything about a lead, with those that were merged into it, as one JSON document; an event tells of it',
    access: 'privacy:read',
    returns: LeadExport,
    errors: ['lead_merged'],
  },
  'POST /v1/leads/:id/erase': {
    summary: 'Erase a lead for ever with all that is known of the person; answers when it is done',
    access: 'privacy:write',
    body: ErasureInput,
    example: { reason: 'asked' },
    returns: Erasure,
    errors: ['lead_merged'],
  },
  'GET /v1/forms/:id/retention': {
    summary: 'What would be erased tonight, by the rules of a form or by others that are tried here',
    access: 'forms:read',
    query: RetentionQuery,
    returns: ClearingPreview,
  },
} as const satisfies Record<string, Endpoint>
