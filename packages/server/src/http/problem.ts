import { STATUS_CODES } from 'node:http'
import { LeadNestError } from '@leadnest/core'
import type { Context, ErrorHandler } from 'hono'
import { codes } from '../errors/codes.ts'
import type { Env } from './env.ts'

export const statusOf = (error: LeadNestError) => codes[error.code].status

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

/** An error as RFC 9457 has it; its `type` is the page about its code. */
export function problemOf(
  error: LeadNestError,
  { requestId, publicBaseUrl }: { requestId: string; publicBaseUrl: string },
) {
  const status = statusOf(error)
  return {
    type: `${publicBaseUrl}/errors/${error.code}`,
    title: STATUS_CODES[status],
    status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(error.issues.length > 0 && { errors: error.issues }),
  }
}

export function problem(c: Context<Env>, error: LeadNestError): Response {
  const body = problemOf(error, { requestId: c.get('requestId'), publicBaseUrl: c.get('publicBaseUrl') })
  if (error.retryAfter !== undefined) c.header('retry-after', String(error.retryAfter))
  if (body.status === 401) c.header('www-authenticate', 'Bearer realm="LeadNest"')
  return c.body(JSON.stringify(body), body.status, { 'content-type': 'application/problem+json' })
}

/** Whatever was thrown, presentable. What is not our doing is a line of the request's log; what is, needs its stack. */
export function logged(c: Context<Env>, thrown: unknown): LeadNestError {
  const error = presentable(thrown)
  if (error.code === 'internal') c.get('log').error({ err: thrown }, 'a request failed')
  else if (error.code === 'unavailable') c.get('log').warn({ err: error.cause }, error.message)
  return error
}

export const onError: ErrorHandler<Env> = (thrown, c) => problem(c, logged(c, thrown))
