import { newId } from '../id.ts'
import { Overtaken } from '../postgres/transaction.ts'
import type { Alias } from './aliases.ts'
import { type KnownLead, type LeadRow, learn, newLead, type Person } from './person.ts'

/** What says who somebody is, strongest first. */
export type IdentityKind = 'externalId' | 'email' | 'phone'

/** By what an import knows people. */
type Key = IdentityKind | 'id'

/** An identity that was not written, because it belongs to another lead than the one that was found. */
export interface Conflict {
  leadId: string
  otherId: string
  kind: IdentityKind
}

interface NotWritten {
  identity: IdentityKind
  reason: 'other_lead' | 'alias' | 'has_another'
  leadId?: string
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
  notWritten?: NotWritten[]
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
  /** Where a key decides: the identity by which they are two people; a phone is only one where the key says so, too. */
  clash?: NotWritten | undefined
  /** Several leads have the phone that is the key, and nothing says which of them it is. */
  unclear: boolean
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

/**
 * The same one by one, for whoever decides on each. With a `key` that one decides: it is asked first, nobody is a lead that is known by
 * another value of it, and a phone is asked whatever the e-mails are.
 */
export function createResolver(
  { known, aliases }: { known: KnownLead[]; aliases: Alias[] },
  { at, firstStage, key }: { at: Date; firstStage: string; key?: Key },
) {
  const book = createBook(known, aliases, key)
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
      const notWritten: NotWritten[] = []
      const taken: NonNullable<Match['taken']> = []
      const against: Conflict[] = []
      for (const kind of found.aliases) {
        notWritten.push({ identity: kind, reason: 'alias' })
        delete told[kind]
      }
      // Two people of another system who share an e-mail: who was found by it stays the one known there.
      const byShared = found.by === 'email' || (key === 'phone' && found.by === 'phone')
      const hasAnother = (): boolean =>
        byShared && Boolean(told.externalId && entry.row.externalId) && told.externalId !== entry.row.externalId
      for (const { kind, other } of found.others) {
        if (other.deleted && !other.touched) {
          const isWritten = person.trusted || entry.row[kind] === null
          if (!key || (isWritten && !(kind === 'externalId' && hasAnother())))
            taken.push({ identity: kind, leadId: other.row.id })
          continue
        }
        against.push({ leadId: entry.row.id, otherId: other.row.id, kind })
        notWritten.push({ identity: kind, reason: 'other_lead', leadId: other.row.id })
        delete told[kind]
      }
      if (hasAnother()) {
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
      const displaced = taken.map(({ leadId }) => leadId)
      const clash = notWritten.find(
        ({ identity, reason }) =>
          reason !== 'alias' && (identity !== 'phone' || found.others.some(({ isAnother }) => isAnother)),
      )
      return { entry, created, match, told, conflicts: against, displaced, clash, unclear: found.unclear }
    },
    write(found: Found, row: LeadRow) {
      conflicts.push(...found.conflicts)
      for (const id of found.displaced) {
        displaced.add(id)
        book.giveUp(id)
      }
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
function createBook(known: KnownLead[], aliases: Alias[], key?: Key) {
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

  const ofPhone = ({ phone, email }: Pick<Person, 'phone' | 'email'>) =>
    phone ? byPhone.get(phone)?.find(({ row }) => !email || row.email === null) : undefined

  /** Whom a phone that is the key names: of several who are there, the one whom the person names besides. */
  function keyedByPhone(phone: string, named: (Entry | undefined)[]) {
    const all = byPhone.get(phone) ?? []
    const there = all.filter(({ deleted, touched }) => !deleted || touched)
    const some = there.length > 0 ? there : all
    const [one, another] = some.length > 1 ? some.filter((entry) => named.includes(entry)) : some
    return { entry: another ? undefined : one, unclear: some.length > 0 && (!one || another !== undefined) }
  }

  /** As the phone is that of both already, or of two who each have an e-mail. */
  const mayShare = (one: Entry, other: Entry, phone: Person['phone']) =>
    key !== undefined && (one.row.phone === phone || (one.row.email !== null && other.row.email !== null))

  const isAnother = ({ row }: Entry, person: Person) =>
    key === 'id' || (key !== undefined && Boolean(person[key]) && row[key] !== null && row[key] !== person[key])

  return {
    find(person: Person, id?: string) {
      const ofId = id === undefined ? undefined : all.get(id)
      const byExternalId = person.externalId ? byKey.get(`externalId ${person.externalId}`) : undefined
      const byEmail = person.email ? byKey.get(`email ${person.email}`) : undefined
      const { entry: phoned, unclear = false } =
        key === 'phone' && person.phone
          ? keyedByPhone(person.phone, [ofId, byExternalId, byEmail])
          : { entry: ofPhone(person) }
      const found: { kind: IdentityKind; entry: Entry | undefined }[] = [
        { kind: 'externalId', entry: byExternalId },
        { kind: 'email', entry: byEmail },
        { kind: 'phone', entry: phoned },
      ]
      if (key) found.sort((one, other) => Number(other.kind === key) - Number(one.kind === key))
      const own = key && key !== 'id' && person[key] ? undefined : ofId
      const first = own
        ? { kind: 'id' as const, entry: own }
        : found.find(({ kind, entry }) => entry && (kind === key || !isAnother(entry, person)))
      const others = found.flatMap(({ kind, entry }) => {
        if (!entry || entry === first?.entry) return []
        return kind === 'phone' && first && mayShare(first.entry!, entry, person.phone)
          ? []
          : [{ kind, other: entry, isAnother: isAnother(entry, person) }]
      })
      // Known by what somebody was who is merged into them: their own stays.
      const aliases = found.flatMap(({ kind, entry }) =>
        entry && entry === first?.entry && entry.row[kind] !== person[kind] ? [kind] : [],
      )
      return { match: first?.entry, by: first?.kind, others, aliases, unclear }
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
    /** Nobody is this one by anything any more. */
    giveUp(id: string) {
      const entry = all.get(id)!
      for (const [value, other] of byKey) if (other === entry) byKey.delete(value)
      for (const [value, others] of byPhone)
        if (others.includes(entry))
          byPhone.set(
            value,
            others.filter((other) => other !== entry),
          )
      entry.row = { ...entry.row, externalId: null, email: null, phone: null }
    },
    entries: () => [...all.values()],
  }
}
