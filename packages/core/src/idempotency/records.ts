import { createHash } from 'node:crypto'
import { LeadNestError } from '../errors.ts'
import { type Sql, sql } from '../postgres/sql.ts'

/** A caller's Idempotency-Key: `scope` is the credential, `fingerprint` a hash of method, path, query and body. */
export interface IdempotencyKey {
  scope: string
  key: string
  fingerprint: Buffer
}

export interface IdempotencyRecord extends IdempotencyKey {
  /** The HTTP status that was answered; 0 while the request is being carried out. */
  status: number
  body: string
  expiresAt: string
}

export const recordId = ({ scope, key }: Pick<IdempotencyKey, 'scope' | 'key'>) => `${scope}\n${key}`

/** A key and `"key"` (the draft's structured-field form) are the same. Throws `invalid_idempotency_key`. */
export function readIdempotencyKey(header: string): string {
  const key = /^"(.*)"$/.exec(header.trim())?.[1] ?? header.trim()
  if (!/^[\x20-\x7e]{1,255}$/.test(key) || key.trim() === '') {
    throw new LeadNestError('invalid_idempotency_key', 'An Idempotency-Key has 1 to 255 printable ASCII characters.')
  }
  return key
}

export function fingerprintOf(...parts: string[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  return hash.digest()
}

export function mismatch(): LeadNestError {
  return new LeadNestError(
    'idempotency_mismatch',
    'This Idempotency-Key was used for another request. Send a new key with a new request.',
  )
}

/** Returns the keys that nobody had used, or whose answer has expired; waits for another process that is using one. */
export const claimRecords = (
  workspaceId: string,
  records: (IdempotencyKey & { body: string })[],
  status: number,
  { now, ttlHours }: { now: Date; ttlHours: number },
): Sql => sql`
  insert into idempotency_records (workspace_id, scope, key, fingerprint, body, status, expires_at)
  select ${workspaceId}::uuid, v.*, ${status}::smallint, ${new Date(now.getTime() + ttlHours * 3_600_000)}::timestamptz
  from unnest(
    ${records.map(({ scope }) => scope)}::text[],
    ${records.map(({ key }) => key)}::text[],
    ${records.map(({ fingerprint }) => fingerprint)}::bytea[],
    ${records.map(({ body }) => body)}::text[]
  ) as v (scope, key, fingerprint, body)
  order by v.scope, v.key
  on conflict (workspace_id, scope, key) do update set
    fingerprint = excluded.fingerprint, body = excluded.body, status = excluded.status, expires_at = excluded.expires_at
    where idempotency_records.expires_at <= ${now}
  returning 1 as claimed`

/** The answers given before, expired ones too. One index look-up for each key; see `lockKnown`. */
export const readRecords = (workspaceId: string, keys: Pick<IdempotencyKey, 'scope' | 'key'>[]): Sql => sql`
  select r.* from unnest(${keys.map(({ scope }) => scope)}::text[], ${keys.map(({ key }) => key)}::text[]) as k (scope, key)
  cross join lateral (
    select scope, key, fingerprint, status, body, expires_at from idempotency_records
    where workspace_id = ${workspaceId} and scope = k.scope and key = k.key
    offset 0
  ) r`
