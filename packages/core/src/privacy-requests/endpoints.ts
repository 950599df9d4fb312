import { type Endpoint, page } from '../endpoint.ts'
import { PrivacyRequest, PrivacyRequestQuery } from './request.ts'

export const privacyRequestEndpoints = {
  'GET /v1/privacy-requests': {
    summary: 'What people asked for on their own page, newest first; ?status=open is what waits for somebody',
    access: 'privacy:read',
    query: PrivacyRequestQuery,
    returns: page(PrivacyRequest),
  },
  'POST /v1/privacy-requests/:id/confirm': {
    summary:
      'Do what was asked for: the person can fetch their data for 7 days, or is erased for ever; answers when it is done',
    access: 'privacy:write',
    returns: PrivacyRequest,
    errors: ['request_settled'],
  },
  'POST /v1/privacy-requests/:id/refuse': {
    summary: 'Do not do what was asked for; the person is told so on their page',
    access: 'privacy:write',
    returns: PrivacyRequest,
    errors: ['request_settled'],
  },
} as const satisfies Record<string, Endpoint>
