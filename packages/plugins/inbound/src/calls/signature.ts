import { createHmac } from 'node:crypto'
import { isSame, isSignedCall, type SignedCall } from '@leadnest/core/plugin'
import type { Kind } from '../sources/source.ts'

/** Whether a call comes from whoever has the secret. What is missing or odd is a no. */
export const isSigned = (kind: Kind, call: SignedCall): boolean => schemes[kind](call)

const schemes: Record<Kind, (call: SignedCall) => boolean> = {
  // https://www.typeform.com/developers/webhooks/secure-your-webhooks/
  typeform: ({ headers, raw, secret }) =>
    isSame(headers.get('typeform-signature'), `sha256=${createHmac('sha256', secret).update(raw).digest('base64')}`),
  // https://developers.facebook.com/docs/graph-api/webhooks/getting-started#event-notifications
  meta: ({ headers, raw, secret }) =>
    isSame(headers.get('x-hub-signature-256'), `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`),
  json: isSignedCall,
}
