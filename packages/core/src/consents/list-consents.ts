import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { checkLead } from '../leads/find-leads.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import { familyOf } from '../suppressions/suppressed.ts'
import type { Consent, ConsentPage } from './consent.ts'
import { type Payload, timeOf } from './entry.ts'
import { stateOf } from './states.ts'
import { voidedAt } from './voided.ts'

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
