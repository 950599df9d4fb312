import type { Shape } from '../fields/shape.ts'
import type { FieldValue } from '../leads/lead.ts'
import { nameOfParts } from '../leads/person.ts'
import type { Column, fieldsToCreate, Rule } from './columns.ts'
import type { ImportOptions } from './import.ts'
import type { ReadRow, RowError } from './importer.ts'
import { cellReader, lengths, Refusal, tooLong } from './read-cell.ts'

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
  phone?: string | null
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

/** The most that a cell may hold that goes somewhere, in characters. */
const longestCell = 65_536

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
      for (const { index, name, rule, read } of readers) {
        const given = values[index]!
        checkCell(given, name)
        const trimmed = rule.trim === false ? given : given.trim()
        const text =
          trimmed === '' ? (rule.default ?? '') : (rule.prefix ?? '') + (rule.lower ? trimmed.toLowerCase() : trimmed)
        if (text === '') {
          if (blanks === 'clear') clear(rule, key, said)
          continue
        }
        try {
          read(text, said)
        } catch (refusal) {
          leave(refusal, rule.to)
        }
      }
      if (said.name && said.name.length > lengths.name) {
        if (said.name !== nameOfParts(said)) leave(tooLong(lengths.name, nameColumn), 'name')
        delete said.name
      }
    } catch (refusal) {
      if (refusal instanceof Refusal) return refusal.row
      throw refusal
    }
    if (!said[key] && !said.id)
      return {
        code: 'missing_key',
        detail: `Nothing says who this is: “${keyColumn}” is empty.${otherKey(said)}`,
        column: keyColumn,
      }
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

/** The way out of a row that has nothing of the key: another import, by what it has. */
export function otherKey(said: Pick<Said, 'externalId' | 'email' | 'phone'>): string {
  const [has, by] =
    (said.email && ['an e-mail address', 'e-mail']) ||
    (said.phone && ['a phone number', 'phone']) ||
    (said.externalId && ['an external id', 'external id']) ||
    []
  return has ? ` It has ${has}: import the refused rows again, by ${by}.` : ''
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
function checkCell(value: string, column: string): void {
  if (value.length > longestCell) throw new Refusal('field_too_long', 'A value has at most 65,536 characters.', column)
  if (value.includes('\u0000') || !value.isWellFormed())
    throw new Refusal('invalid_character', 'This holds a character that is no text, as U+0000 is.', column)
}

/** Who somebody is, is never cleared by a blank. */
function clear({ to, parts }: Rule, key: string, said: Said): void {
  if (to === 'name' && parts) for (const part of ['name', 'firstName', 'lastName'] as const) said[part] ??= null
  else if (to === 'phone' && key !== 'phone') said.phone = null
  else if (to === 'name' || to === 'firstName' || to === 'lastName' || to === 'company') said[to] = null
  else if (to === 'owner') said.ownerId = null
  else if (to.startsWith('fields.')) said.fields[to.slice(7)] = null
}
