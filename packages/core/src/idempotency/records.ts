import { createHash } from 'node:crypto'
import { LeadNestError } from '../errors.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Keyring } from '../secrets.ts'

/** A caller's Idempotency-Key: `scope` is the credential, `fingerprint` a hash of method, path, query and body. */
export interface IdempotencyKey {
  scope: string
  key: string
  fingerprint: Buffer
  /** Whether a fingerprint that was stored under an earlier key of LEADNEST_SECRET_KEY is of this request. */
  isOf?: (fingerprint: Buffer) => boolean
  /** Where the body comes in a stream: the fingerprint with it, which is known behind its end. That above is without. */
  whole?: () => Promise<Pick<IdempotencyKey, 'fingerprint' | 'isOf'>>
  /** Ids in the request's path: whom its answer tells of, besides those that the answer names. */
  names?: string[]
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

/** A keyed fingerprint: who has the database alone cannot find out by trying what was sent. */
export function keyedFingerprint(keyring: Keyring, ...parts: string[]): Pick<IdempotencyKey, 'fingerprint' | 'isOf'> {
  const text = fingerprintOf(...parts).toString('base64url')
  return {
    fingerprint: Buffer.from(keyring.sign('idempotency', text), 'base64url'),
    isOf: (stored) => keyring.verify('idempotency', text, stored.toString('base64url')),
  }
}

export const isSameRequest = (stored: Buffer, { fingerprint, isOf }: IdempotencyKey): boolean =>
  stored.equals(fingerprint) || isOf?.(stored) === true

const uuid = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi

export const idsIn = (text: string): string[] => [...new Set(text.toLowerCase().match(uuid))]

export function mismatch(): LeadNestError {
  return new LeadNestError(
    'idempotency_mismatch',
    'This Idempotency-Key was used for another request. Send a new key with a new request.',
  )
}

/** Returns the keys that nobody had used, or whose answer has expired; waits for another process that is using one. */
export const claimRecords = (
  workspaceId: string,
  records: (IdempotencyKey & { body: string; submissionId: string })[],
  status: number,
  { now, ttlHours }: { now: Date; ttlHours: number },
): Sql => sql`
  insert into idempotency_records (workspace_id, scope, key, fingerprint, body, submission_id, status, expires_at)
  select ${workspaceId}::uuid, v.*, ${status}::smallint, ${new Date(now.getTime() + ttlHours * 3_600_000)}::timestamptz
  from unnest(
    ${records.map(({ scope }) => scope)}::text[],
    ${records.map(({ key }) => key)}::text[],
    ${records.map(({ fingerprint }) => fingerprint)}::bytea[],
    ${records.map(({ body }) => body)}::text[],
    ${records.map(({ submissionId }) => submissionId)}::uuid[]
  ) as v (scope, key, fingerprint, body, submission_id)
  order by v.scope, v.key
  on conflict (workspace_id, scope, key) do update set
    fingerprint = excluded.fingerprint, body = excluded.body, status = excluded.status,
    submission_id = excluded.submission_id, expires_at = excluded.expires_at
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
