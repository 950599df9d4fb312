import * as v from 'valibot'
import { LeadNestError } from '../errors.ts'
import type { LeadField } from '../fields/field.ts'
import { readValue } from '../fields/read-value.ts'
import type { Shape } from '../fields/shape.ts'
import { isId } from '../id.ts'
import { normaliseEmail } from '../leads/identity.ts'
import type { FieldValue } from '../leads/lead.ts'
import { normalisePhone } from '../leads/phone.ts'
import { TagName } from '../tags/tag.ts'
import { plain } from '../text.ts'
import type { Column, fieldsToCreate, Rule } from './columns.ts'
import type { ImportOptions } from './import.ts'
import type { ReadRow, RowError } from './importer.ts'
import { readDay } from './read-day.ts'
import { readNumber } from './read-number.ts'
import { readTags } from './read-tags.ts'

/** What a workspace knows, by the names that a file may use. */
export interface Surroundings {
  /** With the fields that the import makes, */
  shape: Shape
  /** which are these. */
  created: ReturnType<typeof fieldsToCreate>
  /** Keys of stages, by their keys and names in small letters. */
  stages: ReadonlyMap<string, string>
  /** Ids of members, by their ids and e-mail addresses in small letters. */
  owners: ReadonlyMap<string, string>
}

/** A yes or no that a row brings. */
export interface SaidConsent {
  channel: string
  /** Null is a no to all. */
  purpose: string | null
  granted: boolean
  wording: string
}

/** A choice that is no option of its field: whoever has it may keep it. */
export interface FormerChoice {
  key: string
  values: string[]
  error: RowError
}

/** What a row says of a person. Undefined is unsaid; `null` is said to be empty. */
export interface Said {
  /** Where it is the key, or the row has nothing of the key: the lead that it is about. Of a phone that is the key, which of those who have it. */
  id?: string
  email?: string
  phone?: string
  externalId?: string
  name?: string | null
  firstName?: string | null
  lastName?: string | null
  company?: string | null
  fields: Record<string, FieldValue>
  former: FormerChoice[]
  stage?: string
  ownerId?: string | null
  tags: string[]
  notes: string[]
  consents: SaidConsent[]
  /** Why a cell was left out: the first one, with the others in its words. */
  left?: RowError
}

/** The most that one cell may hold, in characters. */
export const longestCell = 65_536
const lengths = { name: 200, firstName: 100, lastName: 100, company: 200, externalId: 200 } as const
const yes = new Set([
  'yes',
  'y',
  'true',
  '1',
  'x',
  'on',
  'granted',
  'subscribed',
  'opted in',
  'opt-in',
  'ja',
  'oui',
  'sí',
  'si',
])
const no = new Set(['no', 'n', 'false', '0', 'off', 'revoked', 'unsubscribed', 'opted out', 'opt-out', 'nein', 'non'])

class Refusal extends Error {
  readonly row: RowError
  constructor(code: string, detail: string, column?: string) {
    super(detail)
    this.row = { code, detail, ...(column !== undefined && { column }) }
  }
}

const tooLong = (most: number, column?: string) => new Refusal('too_long', `At most ${most} characters.`, column)

/** Returns a function that reads what a row says, or why it cannot be read. */
export function rowReader(
  columns: string[],
  placed: Column[],
  { key, blanks, tags, faulty }: Pick<ImportOptions, 'key' | 'blanks' | 'tags' | 'faulty'>,
  around: Surroundings,
) {
  const readers = placed.map((column) => ({ ...column, read: cellReader(column, around, { key, faulty }) }))
  const keyColumn = placed.find(({ rule }) => rule.to === key)!.name
  const nameColumn = placed.find(({ rule }) => rule.to === 'name')?.name

  return function read({ values, error }: ReadRow): Said | RowError {
    if (error) return error
    if (values.length !== columns.length) return wrongCount(values.length, columns)
    const left: RowError[] = []
    /** Throws where the row cannot go in without this cell. */
    const leave = (refusal: unknown, to: string) => {
      if (!(refusal instanceof Refusal) || faulty !== 'leave' || to === key || needed.has(to)) throw refusal
      left.push(refusal.row)
    }
    const said: Said = { fields: {}, former: [], tags: [...tags], notes: [], consents: [] }
    try {
      checkCells(values, columns)
      for (const { index, rule, read } of readers) {
        const given = values[index]!
        const trimmed = rule.trim === false ? given : given.trim()
        const text =
          trimmed === '' ? (rule.default ?? '') : (rule.prefix ?? '') + (rule.lower ? trimmed.toLowerCase() : trimmed)
        if (text === '') {
          if (blanks === 'clear') clear(rule.to, said)
          continue
        }
        try {
          read(text, said)
        } catch (refusal) {
          leave(refusal, rule.to)
        }
      }
      // A full name that is only its parts says nothing more: an export has both.
      if (said.name && said.name === [said.firstName, said.lastName].filter(Boolean).join(' ')) delete said.name
      if (said.name && said.name.length > lengths.name) {
        leave(tooLong(lengths.name, nameColumn), 'name')
        delete said.name
      }
    } catch (refusal) {
      if (refusal instanceof Refusal) return refusal.row
      throw refusal
    }
    if (!said[key] && !said.id)
      return { code: 'missing_key', detail: `Nothing says who this is: “${keyColumn}” is empty.`, column: keyColumn }
    if (said[key] && key !== 'id' && key !== 'phone') delete said.id
    const [first, ...others] = left
    if (first)
      said.left = {
        ...first,
        detail: [first.detail, ...others.map(({ column, detail }) => `“${column}”: ${detail}`)].join(' '),
      }
    return said
  }
}

/** Never left out, like the key. */
const needed = new Set(['id', 'consent', 'optOut'])

export const isRefused = (said: Said | RowError): said is RowError => 'code' in said

/** Too many names no column: which of them is one too much, nobody can say. */
function wrongCount(count: number, columns: string[]): RowError {
  const missing = columns[count]
  const where = missing === undefined ? `something stands behind “${columns.at(-1)}”` : `it ends before “${missing}”`
  return {
    code: 'column_count',
    detail: `This row has ${count} ${count === 1 ? 'value' : 'values'}, and the file ${columns.length} columns: ${where}. A value with the delimiter in it stands in quotes.`,
    ...(missing !== undefined && { column: missing }),
  }
}

/** Postgres's text has no U+0000, and half of a surrogate pair is no character. */
function checkCells(values: string[], columns: string[]): void {
  for (const [i, value] of values.entries()) {
    if (value.length > longestCell)
      throw new Refusal('field_too_long', 'A value has at most 65,536 characters.', columns[i])
    if (value.includes('\u0000') || !value.isWellFormed())
      throw new Refusal('invalid_character', 'This holds a character that is no text, as U+0000 is.', columns[i])
  }
}

/** Who somebody is, is never cleared by a blank. */
function clear(to: string, said: Said): void {
  if (to === 'name' || to === 'firstName' || to === 'lastName' || to === 'company') said[to] = null
  else if (to === 'owner') said.ownerId = null
  else if (to.startsWith('fields.')) said.fields[to.slice(7)] = null
}

function cellReader(
  { name, rule }: Column,
  { shape, stages, owners }: Surroundings,
  { key, faulty }: Pick<ImportOptions, 'key' | 'faulty'>,
): (text: string, said: Said) => void {
  const refused = (code: string, read: () => string, hint = '') => {
    try {
      return read()
    } catch (error) {
      if (error instanceof LeadNestError)
        throw new Refusal(code, (error.issues[0]?.message ?? error.message) + hint, name)
      throw error
    }
  }
  const { to } = rule
  switch (to) {
    case 'id':
      return (text, said) => {
        if (isId(text)) said.id = text.toLowerCase()
        else if (key === 'id') throw new Refusal('lead_not_found', 'No lead has this id.', name)
      }
    case 'email':
      return (text, said) => {
        const address = seen(text)
        if (address !== '') said.email = refused('invalid_email', () => normaliseEmail(address))
      }
    case 'phone': {
      const country = rule.country ?? shape.country
      const hint = ` Say the country of these numbers: mapping {${JSON.stringify(name)}: {"to": "phone", "country": "DE"}}.`
      return (text, said) => {
        const number = seen(text)
        const isLocal = country === null && !number.startsWith('+')
        if (number !== '')
          said.phone = refused('invalid_phone', () => normalisePhone(number, country), isLocal ? hint : '')
      }
    }
    case 'name':
    case 'firstName':
    case 'lastName':
    case 'company':
    case 'externalId':
      return (text, said) => {
        const value = plain(text)
        if (to === 'name' && rule.parts) return Object.assign(said, partsOf(value, name))
        // A full name is measured when it is known whether it is only its parts.
        if (to !== 'name' && value.length > lengths[to]) throw tooLong(lengths[to], name)
        if (value !== '') said[to] = value
      }
    case 'stage':
      return (text, said) => {
        said.stage = stages.get(text.toLowerCase())
        if (!said.stage) throw new Refusal('unknown_stage', `There is no stage “${text.slice(0, 100)}”.`, name)
      }
    case 'owner':
      return (text, said) => {
        said.ownerId = owners.get(text.toLowerCase())
        if (!said.ownerId)
          throw new Refusal('unknown_owner', `No member has the e-mail address or id “${text.slice(0, 100)}”.`, name)
      }
    case 'tags':
      return (text, said) => {
        const tags = readTags(text, rule.split).flatMap((part) => {
          const tag = v.safeParse(TagName, part)
          if (tag.success) return [tag.output]
          if (plain(part) !== '') throw new Refusal('invalid_tag', tag.issues[0].message, name)
          return []
        })
        said.tags.push(...tags)
      }
    case 'note':
      return (text, said) => {
        if (text.length > 20_000) throw new Refusal('too_long', 'At most 20,000 characters.', name)
        if (plain(text) !== '') said.notes.push(text.trim())
      }
    case 'consent':
      return (text, said) => {
        const word = text.trim().toLowerCase()
        if (!yes.has(word) && !no.has(word))
          throw new Refusal('invalid_consent', 'Write yes or no; empty is neither.', name)
        said.consents.push({
          channel: rule.channel!,
          purpose: rule.purpose!,
          wording: rule.wording!,
          granted: yes.has(word),
        })
      }
    case 'optOut':
      return (text, said) => {
        const word = text.trim().toLowerCase()
        if (!yes.has(word) && !no.has(word))
          throw new Refusal('invalid_consent', 'Write yes where somebody opted out, else no or nothing.', name)
        if (yes.has(word)) said.consents.push({ channel: rule.channel!, purpose: null, wording: '', granted: false })
      }
    default: {
      const key = to.slice(7)
      const field = shape.fields.get(key)!
      return (text, said) => {
        const given = prepared(field, rule, text, name)
        const country = rule.country ?? shape.country
        const read = readValue(field, given, country)
        const mayBeKept = 'issue' in read && isChoice(field) && faulty !== 'leave'
        const kept = mayBeKept ? readValue(field, given, country, given as FieldValue) : read
        if ('issue' in kept) throw new Refusal('invalid_value', kept.issue, name)
        said.fields[key] = kept.value
        if ('issue' in read)
          said.former.push({
            key,
            values: formerOf(field, kept.value),
            error: { code: 'invalid_value', detail: read.issue, column: name },
          })
      }
    }
  }
}

/** As it is seen: without what is invisible around it, as from a chat, and out of the formula that keeps a spreadsheet from rewriting it: `="0151"`. */
const seen = (text: string) => text.replace(/^="([^"]*)"$/, '$1').replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '')

const isChoice = ({ type }: LeadField) => type === 'select' || type === 'multi_select'

const formerOf = ({ options }: LeadField, value: FieldValue) =>
  ([value].flat() as string[]).filter((one) => !options.some((option) => option.value === one))

/** A cell as a field's own reader takes it. */
function prepared({ type, options }: LeadField, { split, date, decimal }: Rule, text: string, name: string): unknown {
  if (type === 'date') {
    const read = readDay(text, date)
    if ('issue' in read) throw new Refusal('invalid_value', read.issue, name)
    return read.day
  }
  if (type === 'number') {
    const read = readNumber(text, decimal)
    if ('issue' in read) throw new Refusal('invalid_value', read.issue, name)
    return read.number
  }
  if (type === 'select') return choiceOf(text, options)
  if (type === 'boolean') {
    const word = text.toLowerCase()
    return yes.has(word) ? true : no.has(word) ? false : text
  }
  if (type === 'json' || (type === 'multi_select' && text.startsWith('['))) {
    return jsonOf(text, name)
  }
  if (type !== 'multi_select') return text
  return text
    .split(split ?? ';')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => choiceOf(part, options))
}

/** `Ada King Lovelace`, or `Lovelace, Ada King`. */
function partsOf(full: string, column: string): { firstName: string; lastName?: string } {
  const [last = '', first = ''] = full.split(',', 2).map((part) => part.trim())
  const words = full.split(/\s+/)
  const parts =
    first && last
      ? { firstName: first, lastName: last }
      : words.length === 1
        ? { firstName: full }
        : { firstName: words.slice(0, -1).join(' '), lastName: words.at(-1)! }
  if (Object.values(parts).some((part) => part.length > lengths.firstName))
    throw new Refusal('too_long', `At most ${lengths.firstName} characters for each part.`, column)
  return parts
}

/** A choice by its value, or by its label as people see it. */
function choiceOf(text: string, options: LeadField['options']): string {
  if (options.some(({ value }) => value === text)) return text
  const same = (other: string) => other.toLowerCase() === text.toLowerCase()
  return options.find(({ value, label }) => same(value) || same(label))?.value ?? text
}

function jsonOf(text: string, name: string): unknown {
  let value: unknown
  let written: string
  try {
    value = JSON.parse(text)
    written = JSON.stringify(value)
  } catch {
    throw new Refusal('invalid_value', 'This is no JSON.', name)
  }
  // As JSON may say it by an escape; a backslash that is text stands there twice.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(written))
    throw new Refusal('invalid_character', 'This holds a character that is no text, as U+0000 is.', name)
  return value
}
