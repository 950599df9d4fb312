export { type Parameters, type SignedRequest, signTwilioRequest, verifyTwilioRequest } from './verify-request.ts'
