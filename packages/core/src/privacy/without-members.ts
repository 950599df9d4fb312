import type { Actor } from '../events/event.ts'
import type { LeadExport } from './lead-export.ts'

/** What events and rows of a lead say of members: who of them has it, could not have it, and what they mean to do next. */
const ofMembers = new Set(['ownerId', 'owner_id', 'skipped', 'openLeads', 'nextAction', 'next_action'])

/**
 * The export that is handed to the person without anybody looking at it. What members are called, and what they write for each other
 * (notes, what comes next), may tell of others: a workspace reads `exportLead` and gives that by itself.
 */
export function withoutMembers(all: LeadExport): LeadExport {
  return {
    ...all,
    lead: { ...all.lead, ownerId: null, nextAction: null },
    owner: null,
    merges: all.merges.map((merge) => ({
      ...merge,
      actor: nameless(merge.actor),
      survivorBefore: withoutKeys(merge.survivorBefore),
      mergedBefore: withoutKeys(merge.mergedBefore),
    })),
    consents: all.consents.map((consent) => ({ ...consent, actor: nameless(consent.actor) })),
    suppressions: all.suppressions.map((one) => ({ ...one, actor: nameless(one.actor) })),
    timeline: all.timeline
      .filter(({ type }) => !type.startsWith('note.') && type !== 'lead.reminded')
      .map((event) => ({ ...event, actor: nameless(event.actor), data: withoutChanges(withoutKeys(event.data)) })),
    messages: all.messages.map((message) => ({ ...message, actor: nameless(message.actor) })),
    notes: [],
    bulkChanges: all.bulkChanges.map(({ jobId, before, after }) => ({
      jobId,
      before: withoutKeys(before),
      after: withoutKeys(after),
    })),
  }
}

/** What kind of somebody it was stays. Names of keys and plugins are given by members too. */
const nameless = (actor: Actor): Actor => ({ type: actor.type, id: null, name: null })

const withoutKeys = (told: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(told).filter(([key]) => !ofMembers.has(key)))

function withoutChanges({ changes, ...data }: Record<string, unknown>) {
  return changes === undefined ? data : { ...data, changes: withoutKeys(changes as Record<string, unknown>) }
}
