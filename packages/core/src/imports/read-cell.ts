import * as v from 'valibot'
import { LeadNestError } from '../errors.ts'
import type { LeadField } from '../fields/field.ts'
import { isTooDeep, readValue } from '../fields/read-value.ts'
import { isId } from '../id.ts'
import { normaliseEmail } from '../leads/identity.ts'
import type { FieldValue } from '../leads/lead.ts'
import { normalisePhone } from '../leads/phone.ts'
import { TagName } from '../tags/tag.ts'
import { plain } from '../text.ts'
import { bareAddress } from './bare-address.ts'
import type { Column, Rule } from './columns.ts'
import type { ImportOptions } from './import.ts'
import type { RowError } from './importer.ts'
import { readDay } from './read-day.ts'
import { readNumber } from './read-number.ts'
import type { Said, Surroundings } from './read-row.ts'
import { readTags } from './read-tags.ts'
import { readAgreed, readOptOut } from './read-yes.ts'

export const lengths = { name: 200, firstName: 100, lastName: 100, company: 200, externalId: 200 } as const

/** A cell has room for thirty thousand, each of which would be a row of ours. */
const mostTags = 1000

/** Why a cell cannot be read. */
export class Refusal extends Error {
  readonly row: RowError
  constructor(code: string, detail: string, column?: string) {
    super(detail)
    // Which may quote a cell up to the half of a character.
    this.row = { code, detail: detail.toWellFormed(), ...(column !== undefined && { column }) }
  }
}

export const tooLong = (most: number, column?: string) => new Refusal('too_long', `At most ${most} characters.`, column)

/** Returns a function that adds what a cell of this column says. It throws a `Refusal`. */
export function cellReader(
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
        const address = bareAddress(firstOf(text, rule.split))
        if (address !== '') said.email = refused('invalid_email', () => normaliseEmail(address))
      }
    case 'phone': {
      const country = rule.country ?? shape.country
      const hint = ' Choose the country of numbers without a + at this column (in a mapping: "country": "DE").'
      return (text, said) => {
        const number = bareAddress(firstOf(text, rule.split))
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
        const parts = readTags(text, rule.split)
        if (parts.length > mostTags) throw new Refusal('invalid_tag', 'At most 1,000 tags in a cell.', name)
        const tags = parts.flatMap((part) => {
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
        const granted = readAgreed(text)
        if (granted === undefined) throw new Refusal('invalid_consent', 'Write yes or no; empty is neither.', name)
        said.consents.push({
          channel: rule.channel!,
          purpose: rule.purpose!,
          wording: rule.wording!,
          granted,
        })
      }
    case 'optOut':
      return (text, said) => {
        const isOut = readOptOut(text)
        if (isOut === undefined)
          throw new Refusal('invalid_consent', 'Write yes where somebody opted out, else no or nothing.', name)
        if (isOut) said.consents.push({ channel: rule.channel!, purpose: null, wording: '', granted: false })
      }
    default: {
      const key = to.slice(7)
      const field = shape.fields.get(key)!
      const choiceOf = choiceReader(field)
      return (text, said) => {
        const given = prepared(field, rule, text, name, choiceOf)
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

/** Of several addresses of a cell, as somebody said that they are parted. */
const firstOf = (text: string, split: string | undefined) => (split ? text.split(split, 1)[0]! : text)

const isChoice = ({ type }: LeadField) => type === 'select' || type === 'multi_select'

const formerOf = ({ options }: LeadField, value: FieldValue) =>
  ([value].flat() as string[]).filter((one) => !options.some((option) => option.value === one))

/** A cell as a field's own reader takes it. */
function prepared(
  { type }: LeadField,
  { split, date, decimal }: Rule,
  text: string,
  name: string,
  choiceOf: (text: string) => string,
): unknown {
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
  if (type === 'email' || type === 'phone') return bareAddress(text)
  if (type === 'select') return choiceOf(text)
  if (type === 'boolean') return readAgreed(text) ?? text
  if (type === 'json' || (type === 'multi_select' && text.startsWith('['))) {
    return jsonOf(text, name)
  }
  if (type !== 'multi_select') return text
  return text
    .split(split ?? ';')
    .map((part) => part.trim())
    .filter(Boolean)
    .map(choiceOf)
}

const isSuffix = (part: string) => /^(?:[js]r|ii|iii|iv|esq|ph\.?d|m\.?d)\.?$/i.test(part)

/** `Ada King Lovelace`, `Lovelace, Ada King`, or `King, Martin Luther, Jr.`, whose last name is `King, Jr.` */
function partsOf(full: string, column: string): { firstName: string; lastName?: string } {
  const [head = '', ...behind] = full
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  const first = behind.findIndex((part) => !isSuffix(part))
  const words = head.split(/\s+/)
  const parts =
    first >= 0
      ? { firstName: behind[first]!, lastName: [head, ...behind.toSpliced(first, 1)].join(', ') }
      : words.length === 1
        ? { firstName: [head, ...behind].join(', ') || full }
        : { firstName: words.slice(0, -1).join(' '), lastName: [words.at(-1), ...behind].join(', ') }
  if (Object.values(parts).some((part) => part.length > lengths.firstName))
    throw new Refusal('too_long', `At most ${lengths.firstName} characters for each part.`, column)
  return parts
}

/** A choice by its value, or by its label as people see it; of two that are written alike, the first. */
function choiceReader({ options }: LeadField): (text: string) => string {
  const values = new Set(options.map(({ value }) => value))
  const seen = new Map<string, string>()
  for (const { value, label } of options)
    for (const written of [value, label].map((one) => one.toLowerCase()))
      if (!seen.has(written)) seen.set(written, value)
  return (text) => (values.has(text) ? text : (seen.get(text.toLowerCase()) ?? text))
}

function jsonOf(text: string, name: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal('invalid_value', 'This is no JSON.', name)
  }
  // Its field refuses it, in its own words.
  if (isTooDeep(value)) return value
  // As JSON may say it by an escape; a backslash that is text stands there twice.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(JSON.stringify(value)))
    throw new Refusal('invalid_character', 'This holds a character that is no text, as U+0000 is.', name)
  return value
}
