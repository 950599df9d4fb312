import { newId } from '../id.ts'
import { type LeadRow, learn, newLead, type Person } from './person.ts'

/** Which lead each person turned out to be, and the rows to write. */
export interface Resolved {
  /** In the order of the people. */
  leads: { leadId: string; created: boolean }[]
  fresh: LeadRow[]
  changed: LeadRow[]
}

/**
 * One lead for each person: who is `known` by e-mail learns, others become leads. People are folded before anything is
 * written, so a person twice in one batch is one lead. Without an e-mail everybody is somebody new.
 */
export function resolvePeople(people: Person[], known: LeadRow[], at: Date): Resolved {
  const byEmail = new Map(known.map((lead) => [lead.email, lead]))
  const rows = new Map<string, { row: LeadRow; isNew: boolean }>()
  const leads = people.map((person, i) => {
    const key = person.email ?? `\n${i}`
    const before = rows.get(key)
    const lead = before?.row ?? byEmail.get(key) ?? newLead(newId(at.getTime()))
    const isNew = before?.isNew ?? !byEmail.has(key)
    rows.set(key, { row: learn(lead, person), isNew })
    return { leadId: lead.id, created: isNew && !before }
  })
  const all = [...rows.values()]
  return {
    leads,
    fresh: all.filter(({ isNew }) => isNew).map(({ row }) => row),
    changed: all.filter(({ isNew }) => !isNew).map(({ row }) => row),
  }
}
