import { newId } from '../id.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type LeadRow, learn, newLead, type Person } from './person.ts'
import { indexForSearch, insertLeads, lockLeadsByEmail, updateLeads } from './statements.ts'

/** Which lead a person turned out to be, and whether this act made it. */
export interface Resolved {
  leadId: string
  created: boolean
}

/**
 * One lead for each person: known e-mails are locked and learn, others become leads. People are folded by e-mail before
 * anything is written, so a person twice in one batch is one lead. Answers in the order of `people`.
 */
export async function resolvePeople(tx: Tx, workspaceId: string, people: Person[], at: Date): Promise<Resolved[]> {
  const results: Resolved[] = new Array(people.length)
  const groups = new Map<string, number[]>()
  people.forEach(({ email }, i) => {
    // Without an e-mail everybody is somebody new.
    const key = email ?? `\n${i}`
    groups.set(key, [...(groups.get(key) ?? []), i])
  })

  for (let open = [...groups]; open.length > 0; ) {
    const emails = open.map(([key]) => key).filter((key) => !key.startsWith('\n'))
    const known = new Map(
      (emails.length > 0 ? await tx.query<LeadRow>(lockLeadsByEmail(workspaceId, emails.sort())) : []).map((lead) => [
        lead.email,
        lead,
      ]),
    )
    const fresh: LeadRow[] = []
    const changed: LeadRow[] = []
    for (const [key, members] of open) {
      const before = known.get(key)
      const after = members.reduce((lead, i) => learn(lead, people[i]!), before ?? newLead(newId(at.getTime())))
      ;(before ? changed : fresh).push(after)
      for (const i of members) results[i] = { leadId: after.id, created: !before && i === members[0] }
    }
    const inserted = new Set(
      fresh.length > 0 ? (await tx.query<{ id: string }>(insertLeads(workspaceId, fresh, at))).map(({ id }) => id) : [],
    )
    if (changed.length > 0) await tx.query(updateLeads(workspaceId, changed, at))
    await tx.query(indexForSearch(workspaceId, [...changed, ...fresh.filter(({ id }) => inserted.has(id))]))
    // Another process made a lead of this e-mail since we looked: look again, now that it is committed.
    open = open.filter(([key, members]) => !known.has(key) && !inserted.has(results[members[0]!]!.leadId))
  }
  return results
}
