import type { Changes } from '../events/changes.ts'
import { leadColumnNames } from '../fields/field.ts'
import { isKnowable } from '../leads/identity.ts'
import { type KnownLead, type LeadRow, learn, nameOfParts, type Person } from '../leads/person.ts'
import { type Conflict, createResolver, type IdentityKind, type Match } from '../leads/resolve-people.ts'
import { isSameJson } from '../same-json.ts'
import { forbids } from '../suppressions/suppressed.ts'
import type { Column } from './columns.ts'
import type { ImportOptions } from './import.ts'
import type { ReadRow, RowError } from './importer.ts'
import { isRefused, otherKey, type Said, type SaidConsent } from './read-row.ts'
import { consentKey, type Extras, noExtras, type State } from './state.ts'

/** A row that was read: what it says, or why it could not be. */
export interface Reading {
  row: ReadRow
  said: Said | RowError
}

/** What became of a row. */
export type RowOutcome =
  | { outcome: 'created' | 'updated'; leadId: string; changes: Changes; restores: boolean }
  | { outcome: 'skipped'; leadId: string }
  | { outcome: 'failed'; error: RowError; leadId?: string }

/** What is wrong with a row that failed, or with a cell that the row goes in without; a skipped one does not go in. */
export function faultOf(outcome: RowOutcome, { said }: Reading): RowError | undefined {
  if (outcome.outcome === 'failed') return outcome.error
  return outcome.outcome === 'skipped' || isRefused(said) ? undefined : said.left
}

/** A lead that rows have made or changed, all of them together. */
export interface TouchedLead {
  id: string
  created: boolean
  match: Match
  row: LeadRow
  extras: Extras
  /** How it was before the first of these rows, and is after the last, by the names of what is different. */
  changes: Map<string, [before: unknown, after: unknown]>
  /** As it was before. */
  wasAt: Pick<Extras, 'updatedAt' | 'lastActivityAt' | 'deletedAt' | 'lostReason' | 'stageChangedAt'>
  tags: string[]
  notes: string[]
  consents: SaidConsent[]
}

export interface Folded {
  outcomes: RowOutcome[]
  leads: TouchedLead[]
  conflicts: Conflict[]
  /** Deleted leads as they stood, which give up by what they are known. */
  displaced: KnownLead[]
}

const columns = [...leadColumnNames, 'stage'] as const
const words = { email: 'e-mail address', phone: 'phone number', externalId: 'external id' } as const

/**
 * Goes through rows in their order and says what becomes of each: who they are about, as captures find people, but the key decides, and
 * nothing is taken from another lead; and what the mode lets them change. It only computes: what it returns is for `writeRows`, or for nobody.
 */
export function foldRows(
  readings: Reading[],
  state: State,
  { mode, key }: Pick<ImportOptions, 'mode' | 'key'>,
  { at, firstStage, placed }: { at: Date; firstStage: string; placed: Column[] },
): Folded {
  const resolver = createResolver(state, { at, firstStage, key })
  const extrasOf = new Map(state.extras)
  const known = new Set(state.known.map(({ id }) => id))
  const touched = new Map<string, TouchedLead>()

  const columnOf = (kind: IdentityKind | 'id') => placed.find(({ rule }) => rule.to === kind)?.name
  const refused = (code: string, detail: string, column?: string): RowOutcome => ({
    outcome: 'failed',
    error: { code, detail, ...(column !== undefined && { column }) },
  })

  /** A lead that is not stored yet is named by the row that makes it. */
  const nameOf = (leadId: string) => {
    const row = extrasOf.get(leadId)?.row ?? null
    return row === null ? `the lead ${leadId}` : `row ${row} of the file`
  }

  const outcomes = readings.map(({ row, said }): RowOutcome => {
    if (isRefused(said)) return { outcome: 'failed', error: said }
    const saidId = said.id && (state.merged.get(said.id) ?? said.id)
    if (said.id && key === 'id' && !known.has(saidId!))
      return refused('lead_not_found', 'No lead has this id.', columnOf('id'))
    if (saidId && !said[key] && !known.has(saidId))
      return refused(
        'missing_key',
        `Nothing says who this is: it has nothing of the key, and no lead has its id.${otherKey(said)}`,
      )
    const found = resolver.find(personOf(said, mode, at), saidId)
    const { entry, match } = found
    const { id } = entry.row
    const isNew = found.created
    const revived = match.revived === true
    if (found.unclear)
      return refused(
        'several_leads',
        'Several leads have this phone number. Say which by its e-mail address, external id or id.',
        columnOf('phone'),
      )
    const clash = mode === 'skip' && !isNew ? undefined : found.clash
    if (clash?.reason === 'other_lead')
      return refused(
        'identity_taken',
        `This ${words[clash.identity]} is that of ${nameOf(clash.leadId!)}, and the key says that they are two people.`,
        columnOf(clash.identity),
      )
    if (clash && mode !== 'fill')
      return refused('has_another', `This is ${nameOf(id)}, who has another external id.`, columnOf('externalId'))
    if (isNew && mode === 'update')
      return refused('lead_not_found', 'Nobody is known by this, and only the known are updated.')

    const unknown = said.former.find(({ key, values }) => {
      const has = new Set<unknown>([entry.row.fields[key]].flat())
      return values.some((value) => !has.has(value))
    })
    if (unknown) return { outcome: 'failed', error: unknown.error }

    const extras = extrasOf.get(id) ?? noExtras()
    const fills = mode === 'fill' && !isNew
    const after = learn(entry.row, found.told)
    // A full name that is only its parts says nothing more: an export has both.
    if (entry.row.name === null && after.name !== null && [entry.row, after].map(nameOfParts).includes(after.name))
      after.name = null
    if (isKnowable(entry.row) && !isKnowable(after))
      return refused('missing_key', 'With these blanks nothing would say any more who this is.')
    if (said.stage && !fills) after.stage = said.stage
    const ownerId = said.ownerId === undefined || (fills && extras.ownerId !== null) ? extras.ownerId : said.ownerId
    const changes = changesOf(entry.row, after, said)
    if (ownerId !== extras.ownerId) changes.ownerId = [extras.ownerId, ownerId]
    const tags = [...new Set(said.tags)].filter((name) => !extras.tags.has(name))
    const notes = [...new Set(said.notes)].filter((body) => !extras.notes.has(body))
    const consents = said.consents.filter((consent) => isNews(consent, extras))

    const isSame = Object.keys(changes).length + tags.length + notes.length + consents.length === 0
    if (!isNew && (mode === 'skip' || (isSame && !revived))) return { outcome: 'skipped', leadId: id }
    if (!isNew && mode === 'create') {
      const detail = `Known already: this is ${nameOf(id)}${revived ? ', which is deleted. Restore it, or import by another mode' : ''}.`
      return { outcome: 'failed', leadId: id, error: { code: 'lead_exists', detail } }
    }

    const lead = { ...(touched.get(id) ?? beginLead(id, isNew, match, extras)), row: after }
    touched.set(id, lead)
    for (const [name, [before, now]] of Object.entries(changes))
      lead.changes.set(name, [lead.changes.has(name) ? lead.changes.get(name)![0] : before, now])
    if (revived) lead.changes.set('deletedAt', [extras.deletedAt, null])
    lead.tags.push(...tags)
    lead.notes.push(...notes)
    lead.consents.push(...consents)
    lead.extras = {
      ...extras,
      ownerId,
      deletedAt: null,
      updatedAt: at.toISOString(),
      lastActivityAt: at.toISOString(),
      ...(isNew && { row: row.row }),
      ...(after.stage !== entry.row.stage && !isNew && { stageChangedAt: at.toISOString(), lostReason: null }),
      // Shared where nothing is added: a copy for each row is most of what an import leaves to be collected.
      ...(tags.length > 0 && { tags: new Set([...extras.tags, ...tags]) }),
      ...(notes.length > 0 && { notes: new Set([...extras.notes, ...notes]) }),
      ...(consents.length > 0 && withConsents(extras, consents)),
    }
    extrasOf.set(id, lead.extras)
    resolver.write(found, after)
    const hanging = { tags, notes, consents: consents.map(sentenceOf) }
    for (const [name, added] of Object.entries(hanging)) if (added.length > 0) changes[name] = [[], added]
    return { outcome: isNew ? 'created' : 'updated', leadId: id, changes, restores: revived }
  })
  const { conflicts, displaced } = resolver.resolved()
  const given = new Set(displaced)
  return {
    outcomes,
    leads: [...touched.values()],
    conflicts,
    displaced: state.known.filter(({ id }) => given.has(id)),
  }
}

function personOf(
  { fields, email, phone, externalId, name, firstName, lastName, company }: Said,
  mode: string,
  at: Date,
): Person {
  const person: Person = { fields, at, trusted: mode !== 'fill' }
  if (email !== undefined) person.email = email
  if (phone !== undefined) person.phone = phone
  if (externalId !== undefined) person.externalId = externalId
  if (name !== undefined) person.name = name
  if (firstName !== undefined) person.firstName = firstName
  if (lastName !== undefined) person.lastName = lastName
  if (company !== undefined) person.company = company
  return person
}

function changesOf(before: LeadRow, after: LeadRow, { fields }: Said): Changes {
  const changes: Changes = {}
  for (const name of columns) if (before[name] !== after[name]) changes[name] = [before[name], after[name]]
  for (const key of Object.keys(fields)) {
    const [was, is] = [before.fields[key] ?? null, after.fields[key] ?? null]
    if (was !== is && !isSameJson(was, is)) changes[`fields.${key}`] = [was, is]
  }
  return changes
}

/** Whether it says something else than what was said last. A no is old only where it stands, be it as a no to all. */
function isNews({ channel, purpose, granted }: SaidConsent, { consents, optOuts }: Extras): boolean {
  const last = consents.get(consentKey(channel, purpose))
  const stands = optOuts
    .get(channel)
    ?.some((optOut) =>
      purpose === null ? optOut.purpose === null && optOut.liftedPurposes.length === 0 : forbids(optOut, purpose),
    )
  return last === 'granted' ? !granted : granted || stands !== true
}

const sentenceOf = ({ channel, purpose, granted }: SaidConsent) =>
  `${channel} ${purpose ?? 'all'}: ${granted ? 'yes' : 'no'}`

function withConsents(extras: Extras, said: SaidConsent[]): Pick<Extras, 'consents' | 'optOuts'> {
  const consents = new Map(extras.consents)
  const optOuts = new Map(extras.optOuts)
  for (const { channel, purpose, granted } of said) {
    consents.set(consentKey(channel, purpose), granted ? 'granted' : 'revoked')
    if (!granted) optOuts.set(channel, [...(optOuts.get(channel) ?? []), { purpose, liftedPurposes: [] }])
  }
  return { consents, optOuts }
}

function beginLead(id: string, created: boolean, match: Match, extras: Extras): Omit<TouchedLead, 'row'> {
  const { updatedAt, lastActivityAt, deletedAt, lostReason, stageChangedAt } = extras
  return {
    id,
    created,
    match,
    extras,
    changes: new Map(),
    wasAt: { updatedAt, lastActivityAt, deletedAt, lostReason, stageChangedAt },
    tags: [],
    notes: [],
    consents: [],
  }
}
