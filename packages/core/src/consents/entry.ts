import { createHash, randomFillSync } from 'node:crypto'
import { canonical } from '../canonical.ts'
import type { Core } from '../core.ts'
import type { Actor, Source } from '../events/event.ts'
import { newId } from '../id.ts'
import { type Sql, sql } from '../postgres/sql.ts'

export type ConsentKind = 'granted' | 'revoked' | 'lifted' | 'voided' | 'erased'

/** The words that somebody agreed to, as they stood. */
export interface GivenWording {
  /** Null for words that no form shows, as those of a phone call. */
  id: string | null
  text: string
  hash: string
  language: string
}

/** What an entry of the ledger says. All of it is hashed. */
export interface Payload {
  id: string
  workspaceId: string
  kind: ConsentKind
  leadId: string
  channel: string | null
  /** Null is every purpose of the channel. */
  purpose: string | null
  wording: GivenWording | null
  /** `double`: the person followed a link that was sent to the address. */
  step: 'single' | 'double' | null
  /** What it is about: the e-mail address or phone number, as identity goes by it. */
  address: string | null
  page: string | null
  formId: string | null
  submissionId: string | null
  reason: string | null
  /** Of a lift: by what the person showed that the address is theirs. */
  proof: string | null
  /** Of an erasure: the ids of the entries whose payload went; of a `voided`: of the yes that it voids. */
  entries: string[] | null
  actor: Actor
  source: Source
  /** When the person said it. */
  at: string
}

/** An entry that is ready to be written. */
export interface Entry {
  payload: Payload
  text: string
  salt: Buffer
  commitment: Buffer
  /** Shows the sealing job that LeadNest wrote it. */
  proof: string
}

type Said = Pick<Payload, 'kind' | 'leadId' | 'actor' | 'source'> & Partial<Omit<Payload, 'id' | 'workspaceId' | 'at'>>

/**
 * `at` is when the person said it; the id carries when it was written down. An entry that stands against another one has
 * the greater id: it is made `after` that, also within one millisecond.
 */
export function newEntry(
  core: Core,
  workspaceId: string,
  said: Said & { at?: Date | string },
  { after }: { after?: string | undefined } = {},
): Entry {
  const now = core.now()
  const payload: Payload = {
    channel: null,
    purpose: null,
    wording: null,
    step: null,
    address: null,
    page: null,
    formId: null,
    submissionId: null,
    reason: null,
    proof: null,
    entries: null,
    ...said,
    at: new Date(said.at ?? now).toISOString(),
    id: newId(Math.max(now.getTime(), after ? timeOf(after) + 1 : 0)),
    workspaceId,
  }
  const text = canonical(payload)
  const salt = newSalt()
  const commitment = commitmentOf(salt, text)
  return {
    payload,
    text,
    salt,
    commitment,
    proof: core.keyring.sign(proofUse, claimOf(workspaceId, payload.id, commitment)),
  }
}

/** When an id was made, in ms. */
export const timeOf = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16)

const proofUse = 'consent entry'
const claimOf = (workspaceId: string, id: string, commitment: Buffer) =>
  `${workspaceId} ${id} ${commitment.toString('hex')}`

/** Whether LeadNest wrote this entry. */
export const isProven = (core: Core, workspaceId: string, id: string, commitment: Buffer, proof: string): boolean =>
  core.keyring.verify(proofUse, claimOf(workspaceId, id, commitment), proof)

export const insertEntries = (workspaceId: string, entries: Entry[]): Sql => sql`
  with entry as (
    select * from unnest(
      ${entries.map(({ payload }) => payload.id)}::uuid[],
      ${entries.map(({ commitment }) => commitment)}::bytea[],
      ${entries.map(({ salt }) => salt)}::bytea[],
      ${entries.map(({ text }) => text)}::text[],
      ${entries.map(({ proof }) => proof)}::text[]
    ) as v (id, commitment, salt, payload, proof)
  ), written as (
    insert into consents (workspace_id, id, commitment, salt, payload)
    select ${workspaceId}::uuid, id, commitment, salt, payload from entry
  )
  insert into unsealed_consents (workspace_id, consent_id, proof) select ${workspaceId}::uuid, id, proof from entry`

const sha256 = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export const commitmentOf = (salt: Buffer, text: string): Buffer => sha256(salt, text)
export const hashOfWording = (text: string): string => sha256(text).toString('hex')
/** A row of the chain. */
export const linkOf = (previous: Buffer, commitment: Buffer): Buffer => sha256(previous, commitment)
/** What stands before the first row, so that the chain of one workspace is none of another. */
export const genesisOf = (workspaceId: string): Buffer => sha256(`leadnest consents ${workspaceId}`)

const pool = Buffer.alloc(16 * 256)
let next = pool.length

/** 16 random bytes, so that nobody can try out what an erased entry may have said. */
function newSalt(): Buffer {
  if (next === pool.length) {
    randomFillSync(pool)
    next = 0
  }
  next += 16
  return Buffer.from(pool.subarray(next - 16, next))
}
