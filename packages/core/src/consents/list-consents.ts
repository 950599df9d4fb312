import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { checkLead } from '../leads/find-leads.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressedChannels } from '../suppressions/address.ts'
import { addressesOf, familyOf, forbids, readSuppressions } from '../suppressions/suppressed.ts'
import type { Consent, ConsentPage, ConsentState } from './consent.ts'
import { type ConsentKind, type Payload, timeOf } from './entry.ts'
import { type OptOut, standing } from './opt-outs.ts'
import { notVoided, voidedAt } from './voided.ts'

/** Entries about a lead and those that were merged into it, newest first, and how things stand. Throws `not_found`, `invalid_cursor`. */
export async function listConsents(
  core: Core,
  workspaceId: string,
  leadId: string,
  { limit = 50, cursor }: { limit?: number; cursor?: string | undefined } = {},
): Promise<ConsentPage> {
  const list = `${workspaceId} consents ${leadId}`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  return core.inWorkspace(workspaceId, async (tx) => {
    await checkLead(tx, workspaceId, leadId)
    const family = await familyOf(tx, workspaceId, leadId)
    const rows = await tx.query<StoredEntry>(sql`
      ${ledgerOf(workspaceId, family)} and (${before}::uuid is null or c.id < ${before}::uuid)
      order by c.id desc limit ${limit + 1}`)
    const { data, nextCursor } = toPage(rows.map(consentOf), limit, ({ id, recordedAt }) =>
      writeCursor(core.keyring, list, [recordedAt, id]),
    )
    return { data, state: await stateOf(core, tx, workspaceId, family), nextCursor }
  })
}

interface StoredEntry {
  id: string
  text: string
  commitment: Buffer
  seq: number | null
  voidedAt: string | null
}

/** The entries of these leads, as `consentOf` reads them. */
export const ledgerOf = (workspaceId: string, leadIds: string[]): Sql => sql`
  select c.id, c.payload as text, c.commitment, k.seq, ${voidedAt(workspaceId, leadIds)} as voided_at from consents c
  left join consent_chain k on k.workspace_id = c.workspace_id and k.consent_id = c.id
  where c.workspace_id = ${workspaceId} and c.lead_id = any(${leadIds}::uuid[])`

export function consentOf({ id, text, commitment, seq, voidedAt }: StoredEntry): Consent {
  const { workspaceId: _, entries: __, proof: ___, ...payload } = JSON.parse(text) as Payload
  const recordedAt = new Date(timeOf(id)).toISOString()
  return { ...payload, id, recordedAt, commitment: commitment.toString('hex'), seq, voidedAt }
}

/** What an entry says of a channel. */
export interface Line {
  kind: ConsentKind
  channel: string
  purpose: string | null
  at: string
}

/** By channel and purpose: what was said last, and whether a no stands. */
export async function stateOf(core: Core, tx: Tx, workspaceId: string, family: string[]): Promise<ConsentState[]> {
  // The last of each: by when it was said, and, for what stands, by when it was written down.
  const lines = await tx.query<Line>(sql`
    with said as (
      select id, kind, channel, purpose, at from consents
      where workspace_id = ${workspaceId} and lead_id = any(${family}::uuid[]) and channel is not null
        and ${notVoided(workspaceId, family)}
    )
    select kind, channel, purpose, at from (
      (select distinct on (channel, kind, purpose) * from said order by channel, kind, purpose, id desc)
      union
      (select distinct on (channel, kind, purpose) * from said order by channel, kind, purpose, at desc, id desc)
    ) last
    order by id`)
  const states: ConsentState[] = []
  for (const channel of [...new Set([...lines.map(({ channel }) => channel), ...addressedChannels])].sort()) {
    const own = lines.filter((line) => line.channel === channel)
    const addresses = await addressesOf(tx, workspaceId, family, channel)
    const suppressions = await readSuppressions(core, tx, workspaceId, channel, addresses)
    states.push(...statesOf(channel, own, [...standing(own), ...suppressions], suppressions))
  }
  return states
}

/** How things stand on one channel, by its entries in the order in which they were written; `suppressions` are of the addresses. */
export function statesOf(channel: string, lines: Line[], optOuts: OptOut[], suppressions: OptOut[]): ConsentState[] {
  const said = lines.filter(({ kind }) => kind === 'granted' || kind === 'revoked')
  // What the person said last, not what was written down last.
  const inOrder = said.map((line, i) => ({ line, i })).sort((a, b) => a.line.at.localeCompare(b.line.at) || a.i - b.i)
  const purposes = new Set([...said, ...suppressions].map(({ purpose }) => purpose))
  return [...purposes]
    .sort((a, b) => (a ?? '').localeCompare(b ?? ''))
    .map((purpose) => {
      const last = inOrder.findLast(({ line }) => line.purpose === null || line.purpose === purpose)?.line
      return {
        channel,
        purpose,
        status: last ? (last.kind === 'granted' ? 'granted' : 'revoked') : 'none',
        suppressed:
          purpose === null
            ? optOuts.some((optOut) => optOut.purpose === null)
            : optOuts.some((optOut) => forbids(optOut, purpose)),
        since: last?.at ?? null,
      }
    })
}
