import type { Reason } from '../assignment/choose-member.ts'
import type { DuplicateReason } from '../duplicates/duplicate.ts'
import type { Actor, EventType } from '../events/event.ts'
import type { Match } from '../leads/resolve-people.ts'
import type { ScorePart } from '../scores/rule.ts'
import type { Decision } from './explanation.ts'

export interface DecidingEvent {
  id: string
  type: EventType
  submissionId: string | null
  actor: Actor
  data: Record<string, unknown>
  at: string
}

export interface HeldRow {
  id: string
  reasons: string[]
  at: string
}

export interface DuplicateRow {
  id: string
  otherId: string
  reasons: DuplicateReason[]
  at: string
  dismissedAt: string | null
}

interface Passed {
  ruleId: string
  ruleName: string
  strategy: string
  skipped: { memberId: string; reason: Reason }[]
  openLeads?: Record<string, number>
}

/** What an event says was decided. */
export function readEvent({ id, type, submissionId, actor, data, at }: DecidingEvent): Decision {
  const entry = { id, at, submissionId }
  switch (type) {
    case 'lead.assigned': {
      const { ownerId, ...passed } = data as unknown as Passed & { ownerId: string }
      return { ...entry, kind: 'assigned', decision: ownerId, because: passedOver(passed) }
    }
    case 'lead.waiting':
      return { ...entry, kind: 'waiting', decision: 'waiting', because: passedOver(data as unknown as Passed) }
    case 'lead.scored': {
      const { from, to, changed } = data as { from: number; to: number; changed: ScorePart[] }
      const parts = changed.map(({ ruleId, name, points }) => ({ ruleId, ruleName: name, points }))
      return { ...entry, kind: 'scored', decision: String(to), because: [{ from }, ...parts] }
    }
    case 'submission.released':
    case 'submission.confirmed':
      return { ...entry, kind: 'released', decision: 'accepted', because: [{ releasedBy: actor }] }
    case 'consent.revoked': {
      const { consents } = data as { consents: { channel: string; purpose: string | null }[] }
      const about = consents.map(({ channel, purpose }) => ({ channel, purpose }))
      return { ...entry, kind: 'suppressed', decision: 'suppressed', because: [...about, { toldBy: actor }] }
    }
    default:
      return { ...entry, kind: 'matched', ...matched(type, data as { created?: boolean; match?: Match }) }
  }
}

function matched(type: EventType, { created = type === 'lead.created', match }: { created?: boolean; match?: Match }) {
  const decision = created ? 'created' : match?.revived ? 'revived' : 'updated'
  // What came in before matches were stored says no more than that.
  if (!match) return { decision, because: [] }
  const { by, alias, notWritten = [], taken = [] } = match
  return {
    decision,
    because: [
      { matchedBy: by, ...(alias && { alias }) },
      ...notWritten.map(({ identity, ...why }) => ({ notWritten: identity, ...why })),
      ...taken.map(({ identity, leadId }) => ({ taken: identity, leadId })),
    ],
  }
}

const passedOver = ({ ruleId, ruleName, strategy, skipped, openLeads = {} }: Passed) => [
  { ruleId, ruleName, strategy },
  ...skipped,
  ...Object.entries(openLeads).map(([memberId, count]) => ({ memberId, openLeads: count })),
]

/** What the rules said against a submission that is a lead's now, since somebody released it. */
export const readHeld = ({ id, reasons, at }: HeldRow): Decision => ({
  id,
  at,
  kind: 'held',
  decision: 'held',
  because: reasons.map((rule) => ({ rule })),
  submissionId: id,
})

export const readDuplicate = ({ id, otherId, reasons, at, dismissedAt }: DuplicateRow): Decision => ({
  id,
  at,
  kind: 'duplicate',
  decision: dismissedAt ? 'dismissed' : 'suggested',
  because: reasons.toSorted().map((reason) => ({ leadId: otherId, reason })),
  submissionId: null,
})
