import * as v from 'valibot'
import { type Endpoint, Limit } from '../endpoint.ts'
import { Consent, ConsentInput, ConsentPage } from './consent.ts'

export const consentEndpoints = {
  'GET /v1/leads/:id/consents': {
    summary: 'What a lead agreed to and took back, newest first, and how things stand by channel and purpose',
    access: 'leads:read',
    query: v.strictObject({ limit: Limit, cursor: v.optional(v.string()) }),
    returns: ConsentPage,
  },
  'POST /v1/leads/:id/consents': {
    summary: 'Write down that somebody agreed or took it back; a grant never lifts an opt-out',
    access: 'leads:write',
    body: ConsentInput,
    example: {
      action: 'grant',
      channel: 'email',
      purpose: 'newsletter',
      wording: { text: 'Send me the newsletter.', language: 'en' },
    },
    returns: Consent,
    status: 201,
    errors: ['lead_merged', 'unknown_reference'],
  },
} as const satisfies Record<string, Endpoint>
