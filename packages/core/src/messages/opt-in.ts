import type { ConsentKind, Payload } from '../consents/entry.ts'
import { recordConsent } from '../consents/record-consent.ts'
import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { hashAddress } from '../suppressions/pepper.ts'
import { familyOf } from '../suppressions/suppressed.ts'
import type { Person } from './opt-out.ts'
import { purposeOfNumber } from './sendable.ts'

/** A no that stands, and whether it was said by a STOP. */
interface No {
  purpose: string | null
  byWord: boolean
}

/**
 * A person's START: takes back what their STOP on this channel made, and nothing else. A no that they said otherwise, as on their
 * own page, stands, and so do those to single purposes. Returns whether anything was taken back.
 */
export async function optIn(
  core: Core,
  tx: Tx,
  workspaceId: string,
  person: Person,
  word: string,
  by: By,
): Promise<boolean> {
  const { channel, address, leadId, sender } = person
  const said = leadId ? await standingOf(tx, workspaceId, await familyOf(tx, workspaceId, leadId), channel) : []
  const rows = await suppressionsOf(core, tx, workspaceId, person)
  const number = sender ? purposeOfNumber(sender) : undefined
  const all = [...said, ...rows]
  const liftable = (purpose: string | null) => {
    const same = all.filter((no) => no.purpose === purpose)
    return same.length > 0 && same.every(({ byWord }) => byWord)
  }
  const purposes = [null, ...(number ? [number] : [])].filter(liftable)
  if (purposes.length === 0) return false
  if (!leadId) {
    await remove(
      core,
      tx,
      workspaceId,
      rows.filter(({ purpose }) => purposes.includes(purpose)),
      channel,
      by,
    )
    return true
  }
  const lifts = purposes.includes(null) ? [null] : purposes
  for (const purpose of lifts)
    await recordConsent(
      core,
      tx,
      workspaceId,
      { action: 'grant', leadId, channel, purpose, address, reason: word, proof: `${word} message` },
      by,
    )
  if (!purposes.includes(null)) return true
  // To lift a no to everything is to lift them all, so what they said of single purposes is said again.
  const others = new Set(all.map(({ purpose }) => purpose).filter((purpose) => purpose !== null && purpose !== number))
  for (const purpose of others)
    await recordConsent(
      core,
      tx,
      workspaceId,
      { action: 'revoke', leadId, channel, purpose, address, reason: `Stands after ${word}` },
      by,
    )
  return true
}

/** What a writer says by a word, as `receive` writes it down. */
const isByWord = ({ actor, source }: Pick<Payload, 'actor' | 'source'>) =>
  source === 'plugin' && actor.type === 'visitor'

async function standingOf(tx: Tx, workspaceId: string, family: string[], channel: string): Promise<No[]> {
  const entries = await tx.query<{ kind: ConsentKind; payload: string }>(sql`
    select kind, payload from consents
    where workspace_id = ${workspaceId} and lead_id = any(${family}::uuid[]) and channel = ${channel} and kind in ('revoked', 'lifted')
    order by id`)
  let standing: No[] = []
  for (const { kind, payload } of entries) {
    const said = JSON.parse(payload) as Payload
    if (kind === 'revoked') standing.push({ purpose: said.purpose, byWord: isByWord(said) })
    else standing = said.purpose === null ? [] : standing.filter(({ purpose }) => purpose !== said.purpose)
  }
  return standing
}

async function suppressionsOf(core: Core, tx: Tx, workspaceId: string, { channel, address }: Person) {
  const hash = await hashAddress(core, tx, workspaceId, channel, address)
  const rows = await tx.query<{ id: string; purpose: string | null } & Pick<Payload, 'actor' | 'source'>>(sql`
    select id, purpose, actor, source from suppressions
    where workspace_id = ${workspaceId} and channel = ${channel} and address_hash = ${hash} and origin = 'opt_out'`)
  return rows.map((row) => ({ id: row.id, purpose: row.purpose, byWord: isByWord(row) }))
}

async function remove(
  core: Core,
  tx: Tx,
  workspaceId: string,
  rows: { id: string; purpose: string | null }[],
  channel: string,
  by: By,
): Promise<void> {
  await tx.query(sql`
    delete from suppressions where workspace_id = ${workspaceId} and id = any(${rows.map(({ id }) => id)}::uuid[])`)
  const events = rows.map(({ id: suppressionId, purpose }) =>
    newEvent({
      type: 'suppression.removed',
      leadId: null,
      ...by,
      data: { suppressionId, channel, purpose },
      at: core.now(),
    }),
  )
  await recordEvents(tx, workspaceId, events)
}
