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

/** Why a person is this lead: kept in the event, so that it can be told when the lead has long been changed. */
export interface Match {
  /** Null: nobody was known by any of it, so the lead is new. */
  by: IdentityKind | 'id' | null
  /** Known by what somebody was who is merged into them. */
  alias?: true
  /** The lead was deleted, and is back. */
  revived?: true
  /** Identities that were not written, and whose they are where they are another lead's. */
  notWritten?: { identity: IdentityKind; reason: 'other_lead' | 'alias' | 'has_another'; leadId?: string }[]
  /** Identities that a deleted lead gave up. */
  taken?: { identity: IdentityKind; leadId: string }[]
}

/** Which lead each person turned out to be, and the rows to write. */
export interface Resolved {
  /** In the order of the people. */
  leads: { leadId: string; created: boolean; match: Match }[]
  fresh: LeadRow[]
  changed: LeadRow[]
  conflicts: Conflict[]
  /** Deleted leads that give up what somebody who is there claims. */
  displaced: string[]
}

/** A lead while people are folded; `touched` since. */
export interface Entry {
  row: LeadRow
  deleted: boolean
  isNew: boolean
  touched: boolean
}

/** Somebody, and which lead they are: one that is known, or one that would be new. */
export interface Found {
  entry: Entry
  created: boolean
  match: Match
  /** What they say but for identities that are not theirs. */
  told: Person
  conflicts: Conflict[]
  displaced: string[]
}

/**
 * One lead for each person: by `externalId`, then e-mail, then phone; the first match wins, and an identity that belongs
 * to somebody else is not written. A phone counts only where the person or the lead has no e-mail; of several, the
 * oldest. People are folded before anything is written, so a person twice in one batch is one lead.
 */
export function resolvePeople(
  people: Person[],
  before: { known: KnownLead[]; aliases: Alias[] },
  at: { at: Date; firstStage: string },
): Resolved {
  const resolver = createResolver(before, at)
  const leads = people.map((person) => {
    const found = resolver.find(person)
    resolver.write(found, learn(found.entry.row, found.told))
    return { leadId: found.entry.row.id, created: found.created, match: found.match }
  })
  return { leads, ...resolver.resolved() }
}

/** The same one by one, for whoever decides on each; `first` is the identity that is asked before the others. */
export function createResolver(
  { known, aliases }: { known: KnownLead[]; aliases: Alias[] },
  { at, firstStage, first }: { at: Date; firstStage: string; first?: IdentityKind },
) {
  const book = createBook(known, aliases, first)
  const conflicts: Conflict[] = []
  const displaced = new Set<string>()
  return {
    /** With `id`, the lead of that id, whatever the person says. */
    find(person: Person, id?: string): Found {
      const found = book.find(person, id)
      const entry = found.match ?? {
        row: newLead(newId(at.getTime()), firstStage),
        deleted: false,
        isNew: true,
        touched: false,
      }
      const told = { ...person }
      const notWritten: NonNullable<Match['notWritten']> = []
      const taken: NonNullable<Match['taken']> = []
      const against: Conflict[] = []
      for (const kind of found.aliases) {
        notWritten.push({ identity: kind, reason: 'alias' })
        delete told[kind]
      }
      for (const { kind, other } of found.others) {
        if (other.deleted && !other.touched) {
          taken.push({ identity: kind, leadId: other.row.id })
          continue
        }
        against.push({ leadId: entry.row.id, otherId: other.row.id, kind })
        notWritten.push({ identity: kind, reason: 'other_lead', leadId: other.row.id })
        delete told[kind]
      }
      // Two people of another system who share an e-mail: who was found by it stays the one known there.
      if (found.by === 'email' && told.externalId && entry.row.externalId) {
        notWritten.push({ identity: 'externalId', reason: 'has_another' })
        delete told.externalId
      }
      const match: Match = {
        by: found.by ?? null,
        ...(found.aliases.some((kind) => kind === found.by) && { alias: true }),
        ...(entry.deleted && !entry.touched && { revived: true }),
        ...(notWritten.length > 0 && { notWritten }),
        ...(taken.length > 0 && { taken }),
      }
      const created = entry.isNew && !entry.touched
      return { entry, created, match, told, conflicts: against, displaced: taken.map(({ leadId }) => leadId) }
    },
    write(found: Found, row: LeadRow) {
      conflicts.push(...found.conflicts)
      for (const id of found.displaced) displaced.add(id)
      book.write(found.entry, row)
    },
    resolved() {
      const touched = book.entries().filter((entry) => entry.touched)
      return {
        fresh: touched.filter(({ isNew }) => isNew).map(({ row }) => row),
        changed: touched.filter(({ isNew }) => !isNew).map(({ row }) => row),
        conflicts,
        displaced: [...displaced],
      }
    },
  }
}

/** Who is known by what, kept up to date while a batch is folded. */
function createBook(known: KnownLead[], aliases: Alias[], asked?: IdentityKind) {
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
    find(person: Person, id?: string) {
      const found: { kind: IdentityKind; entry: Entry | undefined }[] = [
        { kind: 'externalId', entry: person.externalId ? byKey.get(`externalId ${person.externalId}`) : undefined },
        { kind: 'email', entry: person.email ? byKey.get(`email ${person.email}`) : undefined },
        { kind: 'phone', entry: ofPhone(person) },
      ]
      if (asked) found.sort((one, other) => Number(other.kind === asked) - Number(one.kind === asked))
      const own = id === undefined ? undefined : all.get(id)
      const first = own ? { kind: 'id' as const, entry: own } : found.find(({ entry }) => entry)
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
