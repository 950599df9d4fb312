import { hashOfWording, insertEntries, newEntry } from '../consents/entry.ts'
import { recordConsents } from '../consents/record-consent.ts'
import type { Core } from '../core.ts'
import { recordDuplicates } from '../duplicates/statements.ts'
import type { By } from '../events/event.ts'
import { type NewEvent, newEvent, recordEvents } from '../events/record.ts'
import { newId } from '../id.ts'
import type { KnownLead } from '../leads/person.ts'
import { giveUp, release } from '../leads/statements.ts'
import { Overtaken, type Tx } from '../postgres/transaction.ts'
import { addressFor } from '../suppressions/address.ts'
import { makeTags } from '../tags/statements.ts'
import type { Folded, TouchedLead } from './fold-rows.ts'
import type { SaidConsent } from './read-row.ts'
import {
  insertImported,
  insertNotes,
  keepAliases,
  keepImportChanges,
  type NewImportChange,
  tagImported,
  updateImported,
} from './statements.ts'

/**
 * Writes what rows came to, in the transaction that knows whom they are about: leads, tags, notes, consents, their events, and what an
 * undo needs. Throws `Overtaken` where another transaction has just stored the same person.
 */
export async function writeRows(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { leads, conflicts, displaced }: Folded,
  by: By & { jobId: string },
  at: Date,
): Promise<void> {
  if (leads.length === 0) return
  const fresh = leads.filter(({ created }) => created)
  const changed = leads.filter(({ created }) => !created)
  const notes = leads.flatMap(({ id: leadId, notes }) =>
    notes.map((body) => ({ id: newId(at.getTime()), leadId, body })),
  )
  const notesOf = Map.groupBy(notes, ({ leadId }) => leadId)
  const tagged = leads.flatMap(({ id, tags }) => tags.map((name) => ({ id, name })))
  const granted = grantsIn(core, workspaceId, leads, by, at)
  const events = [...leads.map((lead) => eventOf(lead, by, at)), ...granted.events]
  const touched = new Set(leads.map(({ id }) => id))
  const given = displaced.filter(({ id }) => !touched.has(id))
  const changes = leads.map((lead) => ({
    leadId: lead.id,
    created: lead.created,
    displaced: false,
    ...(lead.created ? { before: {}, after: {} } : imagesOf(lead, at, displaced)),
    tags: lead.created ? [] : lead.tags,
    notes: lead.created ? [] : (notesOf.get(lead.id)?.map(({ id }) => id) ?? []),
  }))
  const givers = giversIn(changed)
  const [lost, , , inserted] = await Promise.all([
    displaced.length > 0
      ? tx.query<{ leadId: string; alias: string }>(
          giveUp(
            workspaceId,
            displaced.map(({ id }) => id),
          ),
        )
      : [],
    // What one gives away another may have, who comes after it.
    givers.length > 0 ? tx.query(release(workspaceId, givers)) : [],
    changed.length > 0 ? tx.query(updateImported(workspaceId, changed, at)) : [],
    fresh.length > 0 ? tx.query(insertImported(workspaceId, fresh, at)) : [],
    conflicts.length > 0 ? recordDuplicates(tx, workspaceId, conflicts, at) : [],
    tagged.length > 0 ? tx.query(makeTags(workspaceId, [...new Set(tagged.map(({ name }) => name))])) : [],
    tagged.length > 0 ? tx.query(tagImported(workspaceId, tagged)) : [],
    notes.length > 0 ? tx.query(insertNotes(workspaceId, notes, by.actor, at)) : [],
    granted.entries.length > 0 ? tx.query(insertEntries(workspaceId, granted.entries)) : [],
    tx.query(keepImportChanges(workspaceId, by.jobId, [...changes, ...given.map(gaveUp)])),
    recordEvents(tx, workspaceId, events, { byJob: true }),
  ])
  if (inserted.length < fresh.length) throw new Overtaken()
  if (lost.length > 0) await tx.query(keepAliases(workspaceId, by.jobId, lost))
  for (const { id, consents } of leads) {
    const nos = consents.filter(({ granted }) => !granted)
    if (nos.length > 0) await revoke(core, tx, workspaceId, id, nos, by)
  }
}

/** Leads whose identity another of them has from now on: a statement that writes both would meet the old one. */
function giversIn(changed: TouchedLead[]): string[] {
  const kinds = ['email', 'externalId', 'phone'] as const
  const taken = new Set(
    changed.flatMap(({ row, changes }) => kinds.flatMap((kind) => (changes.has(kind) ? `${kind} ${row[kind]}` : []))),
  )
  return changed
    .filter(({ changes }) => kinds.some((kind) => taken.has(`${kind} ${changes.get(kind)?.[0]}`)))
    .map(({ id }) => id)
}

/** By what a deleted lead was known, before somebody else was. */
function gaveUp(lead: KnownLead): NewImportChange {
  const before = identitiesOf(lead)
  return {
    leadId: lead.id,
    created: false,
    displaced: true,
    before,
    after: Object.fromEntries(Object.keys(before).map((kind) => [kind, null])),
    tags: [],
    notes: [],
  }
}

/** A no suppresses every address that the person has, so it goes the way of each no. */
function revoke(core: Core, tx: Tx, workspaceId: string, leadId: string, nos: SaidConsent[], by: By) {
  const changes = nos.map(({ channel, purpose }) => ({
    action: 'revoke' as const,
    leadId,
    channel,
    purpose,
    reason: null,
  }))
  return recordConsents(core, tx, workspaceId, changes, by)
}

/** A yes in a file is what somebody of the workspace says that the person said: it never lifts a no. */
function grantsIn(core: Core, workspaceId: string, leads: TouchedLead[], by: By, at: Date) {
  const entries = []
  const events: NewEvent[] = []
  const { actor, source } = by
  for (const { id: leadId, row, consents } of leads) {
    const own = consents
      .filter(({ granted }) => granted)
      .map(({ channel, purpose, wording: text }) =>
        newEntry(core, workspaceId, {
          kind: 'granted',
          leadId,
          channel,
          purpose,
          wording: { id: null, text, hash: hashOfWording(text), language: 'en' },
          step: 'single',
          address: addressFor(channel, row),
          actor,
          source,
          at,
        }),
      )
    if (own.length === 0) continue
    entries.push(...own)
    const told = own.map(({ payload: { id, channel, purpose } }) => ({ id, channel, purpose }))
    events.push(newEvent({ type: 'consent.granted', leadId, ...by, data: { consents: told }, at }))
  }
  return { entries, events }
}

function eventOf({ id, created, match, changes, tags, notes }: TouchedLead, by: By & { jobId: string }, at: Date) {
  const data = {
    importId: by.jobId,
    match,
    ...(!created && { changes: { ...Object.fromEntries(changes), ...(tags.length > 0 && { tags: [[], tags] }) } }),
    ...(notes.length > 0 && { notes: notes.length }),
  }
  return newEvent({
    type: created ? 'lead.created' : 'lead.updated',
    leadId: id,
    actor: by.actor,
    source: by.source,
    data,
    at,
  })
}

const identitiesOf = ({ email, externalId, phone }: Partial<KnownLead> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ email, externalId, phone }).filter((pair): pair is [string, string] => Boolean(pair[1])),
  )

/** What the undo puts back, and by what it knows that nobody has changed it since. */
function imagesOf(
  { id, row, changes, wasAt, extras }: TouchedLead,
  at: Date,
  displaced: KnownLead[],
): { before: object; after: object } {
  const { updatedAt, lastActivityAt, lostReason, stageChangedAt } = wasAt
  const before: Record<string, unknown> = { updatedAt, lastActivityAt }
  const after: Record<string, unknown> = { updatedAt: at.toISOString() }
  for (const [name, [was, is]] of changes) {
    before[name] = was
    after[name] = is
  }
  // One that gave up by what it was known, and then was brought back by another row.
  for (const [kind, had] of Object.entries(identitiesOf(displaced.find((lead) => lead.id === id)))) {
    before[kind] = had
    after[kind] = row[kind as 'email']
  }
  if (changes.has('stage')) {
    Object.assign(before, { lostReason, stageChangedAt })
    Object.assign(after, { lostReason: extras.lostReason, stageChangedAt: extras.stageChangedAt })
  }
  return { before, after }
}
