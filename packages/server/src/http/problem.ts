import { STATUS_CODES } from 'node:http'
import { type ErrorCode, LeadNestError } from '@leadnest/core'
import type { Context, ErrorHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Env } from './env.ts'

/** The one place where a domain error becomes an HTTP status. */
const statuses: Record<ErrorCode, ContentfulStatusCode> = {
  body_too_large: 413,
  forbidden: 403,
  idempotency_in_flight: 409,
  idempotency_mismatch: 422,
  idempotency_unsupported: 400,
  identity_taken: 409,
  internal: 500,
  invalid_cursor: 422,
  invalid_idempotency_key: 400,
  invalid_input: 422,
  invalid_json: 400,
  invalid_utf8: 400,
  last_owner: 409,
  lead_merged: 409,
  merge_not_possible: 409,
  method_not_allowed: 405,
  name_taken: 409,
  not_found: 404,
  origin_not_allowed: 403,
  rate_limited: 429,
  request_timeout: 408,
  stage_in_use: 409,
  totp_required: 401,
  unauthenticated: 401,
  unavailable: 503,
  unknown_reference: 422,
  unsupported_media_type: 415,
}

export const statusOf = (error: LeadNestError) => statuses[error.code]

/** Whatever was thrown, as an error that may be shown: what nobody expected says no more than that. */
export function presentable(error: unknown): LeadNestError {
  return error instanceof LeadNestError
    ? error
    : new LeadNestError(
        'internal',
        'Something went wrong on our side. Try again, and tell us the request id if it stays.',
        { cause: error },
      )
}

/** An error as RFC 9457 has it. */
export function problem(c: Context<Env>, error: LeadNestError): Response {
  const status = statusOf(error)
  const requestId = c.get('requestId')
  if (error.retryAfter !== undefined) c.header('retry-after', String(error.retryAfter))
  if (status === 401) c.header('www-authenticate', 'Bearer realm="LeadNest"')
  const body = {
    type: `urn:leadnest:error:${error.code}`,
    title: STATUS_CODES[status],
    status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(error.issues.length > 0 && { errors: error.issues }),
  }
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' })
}

/** Whatever was thrown, presentable. What is not our doing is a line of the request's log; what is, needs its stack. */
export function logged(c: Context<Env>, thrown: unknown): LeadNestError {
  const error = presentable(thrown)
  if (error.code === 'internal') c.get('log').error({ err: thrown }, 'a request failed')
  else if (error.code === 'unavailable') c.get('log').warn({ err: error.cause }, error.message)
  return error
}

export const onError: ErrorHandler<Env> = (thrown, c) => problem(c, logged(c, thrown))
