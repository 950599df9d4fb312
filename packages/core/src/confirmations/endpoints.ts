import type { Endpoint } from '../endpoint.ts'
import { ConfirmationLink, ConfirmationLinkInput } from './confirmation.ts'

export const confirmationEndpoints = {
  'POST /v1/submissions/:id/confirmation-link': {
    summary:
      'Make the link by which a person confirms what they sent, to be sent to them; good once within 72 hours, and it ends earlier ones',
    access: 'leads:write',
    body: ConfirmationLinkInput,
    example: { channel: 'email' },
    returns: ConfirmationLink,
    status: 201,
    showsSecret: true,
    errors: ['not_waiting'],
  },
} as const satisfies Record<string, Endpoint>
