import type { Hours } from '../accounts/account.ts'
import { isOpen } from '../local-time.ts'
import { isAbsent, type Member } from '../members/member.ts'
import type { AssignmentRule } from './rule.ts'

/** Why somebody is passed over. */
export type Reason = 'removed' | 'disabled' | 'absent' | 'closed'

export interface Candidate extends Pick<Member, 'id' | 'absentFrom' | 'absentUntil' | 'workingHours'> {
  disabled: boolean
}

/** By which clock and hours people work who have none of their own. */
export interface Place {
  timeZone: string
  openingHours: Hours[] | null
}

/** Null for somebody who can take a lead now; undefined stands for somebody who is no member any more. */
export function whyNot(member: Candidate | undefined, place: Place, at: Date): Reason | null {
  if (!member) return 'removed'
  if (member.disabled) return 'disabled'
  if (isAbsent(member, at)) return 'absent'
  return isOpen(member.workingHours ?? place.openingHours, place.timeZone, at) ? null : 'closed'
}

export type Turn = Pick<AssignmentRule, 'strategy' | 'memberIds'> & { lastMemberId: string | null }

/** Who of those that are there gets the next lead. Of equally busy ones it is whose turn it is. */
export function chooseMember(
  { strategy, memberIds, lastMemberId }: Turn,
  isThere: (memberId: string) => boolean,
  openLeads: ReadonlyMap<string, number>,
): string | undefined {
  if (strategy === 'fixed') return memberIds.find(isThere)
  const next = lastMemberId === null ? 0 : memberIds.indexOf(lastMemberId) + 1
  const inTurn = [...memberIds.slice(next), ...memberIds.slice(0, next)].filter(isThere)
  if (strategy === 'round_robin' || inTurn.length === 0) return inTurn[0]
  const count = (id: string) => openLeads.get(id) ?? 0
  return inTurn.reduce((least, id) => (count(id) < count(least) ? id : least))
}
