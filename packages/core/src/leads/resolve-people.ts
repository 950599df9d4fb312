import { newId } from '../id.ts'
import { Overtaken } from '../postgres/transaction.ts'
import type { Alias } from './aliases.ts'
import { type KnownLead, type LeadRow, learn, newLead, type Person } from './person.ts'

/** What says who somebody is, strongest first. */
export type IdentityKind = 'externalId' | 'email' | 'phone'

/** An identity that was not written, because it belongs to another lead than the one that was found. */
export interface Conflict {
  leadId: string
  otherId: string
  kind: IdentityKind
}

/** Which lead each person turned out to be, and the rows to write. */
export interface Resolved {
  /** In the order of the people. */
  leads: { leadId: string; created: boolean }[]
  fresh: LeadRow[]
  changed: LeadRow[]
  conflicts: Conflict[]
  /** Deleted leads that give up what somebody who is there claims. */
  displaced: string[]
}

interface Entry {
  row: LeadRow
  deleted: boolean
  isNew: boolean
  touched: boolean
}

/**
 * One lead for each person: by `externalId`, then e-mail, then phone; the first match wins, and an identity that belongs
 * to somebody else is not written. A phone counts only where the person or the lead has no e-mail; of several, the
 * oldest. People are folded before anything is written, so a person twice in one batch is one lead.
 */
export function resolvePeople(
  people: Person[],
  { known, aliases }: { known: KnownLead[]; aliases: Alias[] },
  { at, firstStage }: { at: Date; firstStage: string },
): Resolved {
  const book = createBook(known, aliases)
  const conflicts: Conflict[] = []
  const displaced = new Set<string>()
  const leads = people.map((person) => {
    const found = book.find(person)
    const entry = found.match ?? {
      row: newLead(newId(at.getTime()), firstStage),
      deleted: false,
      isNew: true,
      touched: false,
    }
    const told = { ...person }
    for (const kind of found.aliases) delete told[kind]
    for (const { kind, other } of found.others) {
      if (other.deleted && !other.touched) {
        displaced.add(other.row.id)
        continue
      }
      conflicts.push({ leadId: entry.row.id, otherId: other.row.id, kind })
      delete told[kind]
    }
    // Two people of another system who share an e-mail: who was found by it stays the one known there.
    if (found.by === 'email' && told.externalId && entry.row.externalId) delete told.externalId
    const created = entry.isNew && !entry.touched
    book.write(entry, learn(entry.row, told))
    return { leadId: entry.row.id, created }
  })
  const touched = book.entries().filter((entry) => entry.touched)
  return {
    leads,
    fresh: touched.filter(({ isNew }) => isNew).map(({ row }) => row),
    changed: touched.filter(({ isNew }) => !isNew).map(({ row }) => row),
    conflicts,
    displaced: [...displaced],
  }
}

/** Who is known by what, kept up to date while a batch is folded. */
function createBook(known: KnownLead[], aliases: Alias[]) {
  const all = new Map<string, Entry>()
  const byKey = new Map<string, Entry>()
  const byPhone = new Map<string, Entry[]>()

  function enter(entry: Entry) {
    const { id, externalId, email, phone } = entry.row
    all.set(id, entry)
    if (externalId) byKey.set(`externalId ${externalId}`, entry)
    if (email) byKey.set(`email ${email}`, entry)
    if (!phone) return
    const others = byPhone.get(phone) ?? []
    // Ids sort by time, so the oldest stands first.
    if (!others.includes(entry))
      byPhone.set(
        phone,
        [...others, entry].sort((a, b) => (a.row.id < b.row.id ? -1 : 1)),
      )
  }

  for (const { deletedAt, ...row } of known) enter({ row, deleted: deletedAt !== null, isNew: false, touched: false })
  for (const { kind, value, leadId } of aliases) {
    const entry = all.get(leadId)
    // Merged between the two looks at the database.
    if (!entry) throw new Overtaken()
    if (kind === 'phone') byPhone.set(value, [...(byPhone.get(value) ?? []), entry])
    else byKey.set(`${kind === 'external_id' ? 'externalId' : kind} ${value}`, entry)
  }

  const ofPhone = ({ phone, email }: Person) =>
    phone ? byPhone.get(phone)?.find(({ row }) => !email || row.email === null) : undefined

  return {
    find(person: Person) {
      const found: { kind: IdentityKind; entry: Entry | undefined }[] = [
        { kind: 'externalId', entry: person.externalId ? byKey.get(`externalId ${person.externalId}`) : undefined },
        { kind: 'email', entry: person.email ? byKey.get(`email ${person.email}`) : undefined },
        { kind: 'phone', entry: ofPhone(person) },
      ]
      const first = found.find(({ entry }) => entry)
      const others = found.flatMap(({ kind, entry }) =>
        entry && entry !== first!.entry ? [{ kind, other: entry }] : [],
      )
      // Known by what somebody was who is merged into them: their own stays.
      const aliases = found.flatMap(({ kind, entry }) =>
        entry && entry === first!.entry && entry.row[kind] !== person[kind] ? [kind] : [],
      )
      return { match: first?.entry, by: first?.kind, others, aliases }
    },
    write(entry: Entry, row: LeadRow) {
      const { externalId, email, phone } = entry.row
      if (externalId !== row.externalId) byKey.delete(`externalId ${externalId}`)
      if (email !== row.email) byKey.delete(`email ${email}`)
      if (phone && phone !== row.phone)
        byPhone.set(
          phone,
          byPhone.get(phone)!.filter((other) => other !== entry),
        )
      entry.row = row
      entry.touched = true
      enter(entry)
    },
    entries: () => [...all.values()],
  }
}
