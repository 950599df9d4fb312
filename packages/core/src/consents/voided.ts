import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { insertEntries, newEntry } from './entry.ts'

/** Of the entries of these leads, those that count: a yes that was voided never was one. */
export const notVoided = (workspaceId: string, leadIds: string[]): Sql => sql`
  id <> all(array(
    select entry::uuid from consents v, jsonb_array_elements_text(v.payload::jsonb -> 'entries') as entry
    where v.workspace_id = ${workspaceId} and v.lead_id = any(${leadIds}::uuid[]) and v.kind = 'voided'
  ))`

/** When an entry `c` of these leads was voided. */
export const voidedAt = (workspaceId: string, leadIds: string[]): Sql => sql`(
  select v.at from consents v
  where v.workspace_id = ${workspaceId} and v.lead_id = any(${leadIds}::uuid[]) and v.kind = 'voided'
    and v.payload::jsonb -> 'entries' ? c.id::text
  limit 1
)`

/**
 * Voids each yes that an import wrote down for these leads, for the file was wrong: nobody took anything back, so it is no opt-out and
 * suppresses no address, and what the person had said before counts again. A no that the file brought stands.
 */
export async function voidGrants(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { importId, leadIds }: { importId: string; leadIds: string[] },
  by: By,
): Promise<void> {
  // The ledger does not say which import it was, the event does; entries stay where they are when a merge moves events.
  const granted = await tx.query<{ id: string; leadId: string; channel: string; purpose: string | null }>(sql`
    select c.id, c.lead_id, c.channel, c.purpose from consents c
    where c.workspace_id = ${workspaceId} and c.lead_id = any(${leadIds}::uuid[]) and c.kind = 'granted' and c.id = any(array(
      select (told ->> 'id')::uuid from events e, jsonb_array_elements(e.data -> 'consents') as told
      where e.workspace_id = ${workspaceId} and e.lead_id = any(${leadIds}::uuid[]) and e.type = 'consent.granted'
        and e.data ->> 'jobId' = ${importId}
    ))
    order by c.id`)
  if (granted.length === 0) return
  const at = core.now()
  const { actor, source } = by
  const written = granted.map(({ id, leadId, channel, purpose }) =>
    newEntry(
      core,
      workspaceId,
      {
        kind: 'voided',
        leadId,
        channel,
        purpose,
        entries: [id],
        reason: 'The import was taken back',
        actor,
        source,
        at,
      },
      { after: id },
    ),
  )
  await tx.query(insertEntries(workspaceId, written))
  const events = [...Map.groupBy(written, ({ payload }) => payload.leadId)].map(([leadId, entries]) => {
    const consents = entries.map(({ payload: { id, channel, purpose } }) => ({ id, channel, purpose }))
    return newEvent({ type: 'consent.voided', leadId, ...by, data: { consents }, at })
  })
  await recordEvents(tx, workspaceId, events, { byJob: true })
}
