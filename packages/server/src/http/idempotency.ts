import { type Answered, fingerprintOf, type IdempotencyKey, type Principal, readIdempotencyKey } from '@leadnest/core'
import type { Context } from 'hono'
import { Answer } from './endpoint.ts'
import type { Env } from './env.ts'

/** The caller's Idempotency-Key: its scope is the credential, its fingerprint the method, path, query and body. */
export function idempotencyOf(
  c: Context<Env>,
  principal: Principal | undefined,
  text: string,
): IdempotencyKey | undefined {
  const header = c.req.header('idempotency-key')
  if (header === undefined) return undefined
  return {
    key: readIdempotencyKey(header),
    scope: principal ? `${principal.actor.type}:${principal.actor.id}` : 'public',
    fingerprint: fingerprintOf(c.req.method, c.req.path, new URL(c.req.url).search, text),
  }
}

/** What a use case answered once, as the answer of its route. */
export function toAnswer<T>({ result, status, replayed }: Answered<T>): Answer<T> {
  return new Answer(result, { status: status as 200 | 201, headers: replayedHeader(replayed) })
}

export const replayedHeader = (replayed: boolean): Record<string, string> =>
  replayed ? { 'idempotency-replayed': 'true' } : {}
