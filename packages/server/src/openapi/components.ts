import { LeadNestError } from '@leadnest/core'
import type { ErrorCode } from '@leadnest/core/contract'
import { codes } from '../errors/codes.ts'
import { problemOf } from '../http/problem.ts'

const text = { type: 'string' }
const requestId = '019a7c3e-5b2a-7c41-9d0f-3a6b8e2f4c11'

/** What many operations name: credentials, headers, and errors with an example each. */
export function components(publicBaseUrl: string, used: ReadonlySet<ErrorCode>) {
  return {
    securitySchemes: {
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'An access token, or a secret key `ln_sk_…`. The list beside it names the scope that it needs.',
      },
      publishableKey: {
        type: 'http',
        scheme: 'bearer',
        description: 'A publishable key `ln_pk_…`, which may stand in a page: it draws and sends forms, no more.',
      },
    },
    parameters: {
      'Idempotency-Key': {
        in: 'header',
        name: 'Idempotency-Key',
        required: false,
        description: 'Repeat a request with the same key, and it is carried out once and answered the same.',
        schema: { type: 'string', minLength: 1, maxLength: 255 },
        example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
      },
      'If-None-Match': {
        in: 'header',
        name: 'If-None-Match',
        required: false,
        description: 'The ETag of what you have: where it is still right, the answer is 304 without a body.',
        schema: text,
      },
      'Last-Event-ID': {
        in: 'header',
        name: 'Last-Event-ID',
        required: false,
        description:
          'The id of the last event that you had, as browsers send it by themselves; it goes before `after`.',
        schema: text,
      },
    },
    headers: {
      'x-request-id': { description: 'Name it when you ask for help.', schema: { type: 'string', format: 'uuid' } },
      'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'integer' } },
      'Idempotency-Replayed': {
        description: '`true` where this is the answer that was given to the same Idempotency-Key before.',
        schema: { type: 'string', const: 'true' },
      },
      ETag: { description: 'Names this version of the answer.', schema: text },
      'LeadNest-Form-Token': {
        description: 'Send it as `token` with the form. It works once.',
        schema: text,
      },
      RateLimit: {
        description: 'How much of each limit is left (`r`), and in how many seconds it is whole again (`t`).',
        schema: text,
        example: '"default";r=199;t=60',
      },
      'RateLimit-Policy': {
        description: 'The limits that count here: requests (`q`) in so many seconds (`w`).',
        schema: text,
        example: '"default";q=200;w=60',
      },
    },
    schemas: { Problem: problem },
    examples: Object.fromEntries(
      [...used].sort().map((code) => {
        const value = problemOf(new LeadNestError(code, codes[code].mend), { requestId, publicBaseUrl })
        return [code, { summary: codes[code].means, value }]
      }),
    ),
  }
}

const problem = {
  type: 'object',
  description: 'RFC 9457. Decide by `code`; `detail` is for people.',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'The page about the code.' },
    title: text,
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What to do, in words.' },
    code: { type: 'string', enum: Object.keys(codes) },
    requestId: { type: 'string', format: 'uuid' },
    errors: {
      type: 'array',
      description: 'The fields at fault; `path` is dotted, as in `fields.phone`.',
      items: { type: 'object', required: ['path', 'message'], properties: { path: text, message: text } },
    },
  },
}
