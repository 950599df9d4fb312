import type { Endpoint, ErrorCode } from '@leadnest/core/contract'

/** The statuses that a route answers where it does not refuse. */
export const statusesOf = ({ status = 200, otherStatuses = [] }: Endpoint): number[] => [status, ...otherStatuses]

/** The codes that a route may answer: those that follow from its parts, then its own. */
export function errorsOf(method: string, path: string, endpoint: Endpoint): ErrorCode[] {
  const { access, query, body, uploads, showsSecret, errors = [] } = endpoint
  const writes = method !== 'GET'
  const parts: [boolean, ErrorCode[]][] = [
    [true, ['invalid_input', 'unauthenticated', 'forbidden', 'rate_limited', 'internal', 'unavailable']],
    [access === 'form', ['origin_not_allowed']],
    [path.includes(':'), ['not_found']],
    [isPaged(query), ['invalid_cursor']],
    [
      body !== undefined || uploads !== undefined,
      ['invalid_json', 'invalid_utf8', 'request_timeout', 'body_too_large', 'unsupported_media_type'],
    ],
    [writes && showsSecret === true, ['idempotency_unsupported']],
    [writes && !showsSecret, ['invalid_idempotency_key', 'idempotency_in_flight', 'idempotency_mismatch']],
  ]
  return [...new Set([...parts.flatMap(([has, codes]) => (has ? codes : [])), ...errors])]
}

const isPaged = (query: Endpoint['query']) =>
  query !== undefined && 'entries' in query && ['cursor', 'after'].some((name) => name in (query.entries as object))
