import type { Endpoint } from '../endpoint.ts'
import { PreferenceLink, PreferenceLinkQuery } from './preference.ts'

export const preferenceEndpoints = {
  'GET /v1/leads/:id/preference-link': {
    summary:
      "The link to a lead's own page, for every message to them, and the headers by which a mail program unsubscribes in one click",
    access: 'leads:write',
    query: PreferenceLinkQuery,
    returns: PreferenceLink,
  },
} as const satisfies Record<string, Endpoint>
