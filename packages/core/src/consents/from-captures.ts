import type { Core } from '../core.ts'
import { type NewEvent, newEvent } from '../events/record.ts'
import type { Capture } from '../leads/write-captures.ts'
import { addressFor } from '../suppressions/address.ts'
import { type Entry, newEntry } from './entry.ts'

/** What accepted captures agree to: the entries of the ledger, and one event for each capture that has any. */
export function consentsIn(
  core: Core,
  workspaceId: string,
  accepted: ReadonlyMap<Capture, { leadId: string }>,
): { entries: Entry[]; events: NewEvent[] } {
  const entries: Entry[] = []
  const events: NewEvent[] = []
  for (const [capture, { leadId }] of accepted) {
    const { id: submissionId, consents, person, form, actor, source, at, input } = capture
    if (consents.length === 0) continue
    const own = consents.map((given) =>
      newEntry(core, workspaceId, {
        ...given,
        kind: 'granted',
        leadId,
        address: addressFor(given.channel, person),
        page: input.attribution?.landingPage ?? null,
        formId: form.id,
        submissionId,
        actor,
        source,
        at,
      }),
    )
    entries.push(...own)
    const data = {
      submissionId,
      consents: own.map(({ payload: { id, channel, purpose } }) => ({ id, channel, purpose })),
    }
    events.push(newEvent({ type: 'consent.granted', leadId, submissionId, actor, source, data, at }))
  }
  return { entries, events }
}
