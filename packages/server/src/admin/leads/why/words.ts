import type { Decision, Event } from '@leadnest/core'
import { inPlainWords } from '../../held/reasons.ts'
import { type MemberNames, ownerName } from '../owner.ts'
import { signed } from '../score.tsx'

/** A reason in words; `leadId` is the other lead that it is about. */
export interface Line {
  text: string
  leadId?: string | undefined
}

/** Every reason that may be stored, whatever its kind. */
interface Reason {
  matchedBy: Identity | 'id' | null
  alias: boolean
  notWritten: Identity
  taken: Identity
  reason: string
  leadId: string
  rule: string
  releasedBy: Event['actor']
  ruleName: string
  strategy: 'round_robin' | 'least_busy' | 'fixed'
  memberId: string
  openLeads: number
  from: number
  points: number
  channel: string
  purpose: string | null
}
type Identity = 'externalId' | 'email' | 'phone'

const identities: Record<Identity | 'id', string> = {
  id: 'id',
  externalId: 'external id',
  email: 'e-mail address',
  phone: 'phone number',
}
const strategies: Record<Reason['strategy'], string> = {
  round_robin: 'it goes in turn',
  least_busy: 'it goes to who has the fewest open leads',
  fixed: 'it goes to the first who is there',
}
const passedOver: Record<string, string> = {
  removed: 'has left',
  disabled: 'is shut out',
  absent: 'was away',
  closed: 'was outside their hours',
}
const alike: Record<string, string> = {
  externalId: 'Both claim the same external id.',
  email: 'Both claim the same e-mail address.',
  phone: 'They have the same phone number.',
  name: 'They have a similar name at the same company.',
}

const released = (by: Reason['releasedBy'] | undefined) =>
  by?.type === 'visitor'
    ? 'The person confirmed what they had sent'
    : `The held submission was let through${by?.name ? ` by ${by.name}` : ''}`

/** What was decided, in a sentence, and each of its reasons. */
export function inWords({ kind, decision, because }: Decision, members: MemberNames): { text: string; lines: Line[] } {
  const [first, ...rest] = because as Partial<Reason>[]
  switch (kind) {
    case 'matched':
      return {
        text: matched(decision, first),
        lines: first ? rest.map(identityLine) : [{ text: 'Why was not stored at that time.' }],
      }
    case 'held':
      return {
        text: 'A submission was held',
        lines: because.map(({ rule }) => ({ text: inPlainWords(rule as string) })),
      }
    case 'released':
      return {
        text: released(first?.releasedBy),
        lines: [],
      }
    case 'assigned':
      return {
        text: `Given to ${ownerName(decision, members)}`,
        lines: [byRule(first), ...memberLines(rest, members)],
      }
    case 'waiting':
      return {
        text: 'Nobody could take it, so it waits',
        lines: [byRule(first), ...memberLines(rest, members)],
      }
    case 'scored':
      return {
        text: `Score ${first?.from} → ${decision}`,
        lines: rest.map(({ ruleName, points }) => ({ text: `${signed(points!)} ${ruleName}` })),
      }
    case 'duplicate':
      return {
        text:
          decision === 'dismissed'
            ? 'Looked like another lead, and was told apart'
            : 'May be the same person as another lead',
        lines: because.map(({ reason, leadId }) => ({ text: alike[reason as string]!, leadId: leadId as string })),
      }
    case 'suppressed':
      return {
        text: 'Not written to any more',
        lines: (because as Partial<Reason>[])
          .filter(({ channel }) => channel)
          .map(({ channel, purpose }) => ({
            text: purpose ? `By ${channel}, about ${purpose}.` : `By ${channel}, about anything.`,
          })),
      }
  }
}

function matched(decision: string, why: Partial<Reason> | undefined): string {
  const known = why?.matchedBy
    ? `known by ${why.alias ? `the ${identities[why.matchedBy]} of a lead that was merged into it` : `its ${identities[why.matchedBy]}`}`
    : 'known already'
  if (decision === 'created') return why ? 'A new lead: nobody was known by what was given' : 'A new lead'
  return decision === 'revived' ? `Came back, though it was deleted: ${known}` : `The same person as before: ${known}`
}

function identityLine({ notWritten, taken, reason, leadId }: Partial<Reason>): Line {
  if (taken) return { text: `Its ${identities[taken]} was that of a deleted lead, which gave it up.`, leadId }
  const name = `The ${identities[notWritten!]} was not written`
  if (reason === 'alias') return { text: `${name}: it is one that it is known by since a merge, and its own stays.` }
  return reason === 'has_another'
    ? { text: `${name}: the lead has another.` }
    : { text: `${name}: it belongs to another lead.`, leadId }
}

const byRule = ({ ruleName, strategy }: Partial<Reason> = {}): Line => ({
  text: `By the rule “${ruleName}”: ${strategies[strategy!]}.`,
})

/** Whoever was passed over is not compared, however many leads they have. */
function memberLines(because: Partial<Reason>[], members: MemberNames): Line[] {
  const skipped = new Set(because.flatMap(({ memberId, reason }) => (reason ? memberId : [])))
  return because
    .filter(({ memberId, reason }) => reason || !skipped.has(memberId))
    .map(({ memberId, reason, openLeads }) => {
      const name = ownerName(memberId!, members)
      if (reason) return { text: `${name} ${passedOver[reason]}.` }
      return { text: `${name} had ${openLeads === 1 ? 'one open lead' : `${openLeads} open leads`}.` }
    })
}
