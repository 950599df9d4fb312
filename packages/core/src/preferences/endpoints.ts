import type { Endpoint } from '../endpoint.ts'
import { PreferenceLink, PreferenceLinkInput } from './preference.ts'

export const preferenceEndpoints = {
  'POST /v1/leads/:id/preference-link': {
    summary:
      "Make the link to a lead's own page, for a message to them, and the headers by which a mail program unsubscribes in one click; whoever has it can turn things off, and no more",
    access: 'leads:write',
    body: PreferenceLinkInput,
    example: { channel: 'email' },
    returns: PreferenceLink,
    status: 201,
  },
} as const satisfies Record<string, Endpoint>
