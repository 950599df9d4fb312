import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { LeadNestError, newId } from '@leadnest/core'
import { problemOf } from './problem.ts'

const malformed = () => new LeadNestError('invalid_request', 'This is no request that can be read.')

/** What never becomes a request for the app, because it is none: a line of HTTP that cannot be read, or that never ends. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, publicBaseUrl: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { status, headers, body } = refusal(refusalOf(error), publicBaseUrl)
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
}

function refusalOf({ code }: NodeJS.ErrnoException): LeadNestError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new LeadNestError('headers_too_large', 'The headers are larger than 16 KiB. Send fewer or shorter ones.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new LeadNestError('request_timeout', 'The request did not arrive in time. Send it again.')
  return malformed()
}

/** An answer from outside of the app; unless told, to a request whose address or Host cannot be read. */
export function bareProblem(publicBaseUrl: string, error = malformed()): Response {
  const { status, headers, body } = refusal(error, publicBaseUrl)
  return new Response(body, { status, headers })
}

function refusal(error: LeadNestError, publicBaseUrl: string) {
  const requestId = newId()
  const body = problemOf(error, { requestId, publicBaseUrl })
  const headers = {
    'content-type': 'application/problem+json',
    'x-request-id': requestId,
    // Whose page asked is not known, or not yet; there is nothing in it that only some may read.
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'x-request-id, Retry-After',
    ...(error.retryAfter !== undefined && { 'retry-after': String(error.retryAfter) }),
  }
  return { status: body.status, headers, body: JSON.stringify(body) }
}
