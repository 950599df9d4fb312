import { LeadNestError } from '../errors.ts'
import { normaliseEmail } from '../leads/identity.ts'
import type { FieldValue } from '../leads/lead.ts'
import { normalisePhone } from '../leads/phone.ts'
import { plain } from '../text.ts'
import type { LeadField } from './field.ts'

export type ReadValue = { value: FieldValue } | { issue: string }

/** 8 KiB, for one value. */
const maxBytes = 8192

/** What is deeper, a body of the API cannot say either. */
const maxLevels = 30

/** Whether lists and objects stand in each other deeper than a field takes. Without recursion, which such a value might be too deep for. */
export function isTooDeep(value: unknown): boolean {
  const isContainer = (one: unknown) => typeof one === 'object' && one !== null
  let open = [value].filter(isContainer) as object[]
  for (let level = 1; open.length > 0; level++) {
    if (level > maxLevels) return true
    open = open.flatMap((one) => Object.values(one)).filter(isContainer)
  }
  return false
}

/**
 * What was said for a field, as it is stored: text trimmed and NFC, numbers and booleans read from text too, dates as
 * `2026-11-25`, e-mail and phone normalised. Empty text is null. Of choices, those that the lead `has` count as options.
 */
export function readValue(field: LeadField, said: unknown, country: string | null, has?: FieldValue): ReadValue {
  if (said === null || said === undefined || (typeof said === 'string' && plain(said) === '')) return { value: null }
  if (isTooDeep(said)) return { issue: `Nested deeper than ${maxLevels} levels.` }
  if (Buffer.byteLength(typeof said === 'string' ? said : JSON.stringify(said)) > maxBytes)
    return { issue: 'At most 8 KiB.' }
  switch (field.type) {
    case 'boolean':
      return said === true || said === 'true' || said === 'on'
        ? { value: true }
        : said === false || said === 'false'
          ? { value: false }
          : { issue: 'Send true or false.' }
    case 'number':
      return numberOf(said)
    case 'multi_select':
      return choicesOf(field, said, has)
    case 'json':
      return { value: said as FieldValue }
    default:
      return typeof said === 'string' || typeof said === 'number'
        ? textOf(field, plain(String(said)), country, has)
        : { issue: 'Send text.' }
  }
}

function numberOf(said: unknown): ReadValue {
  const text = typeof said === 'string' ? said.trim() : undefined
  // As people write it, or exactly as a number is written by whoever exports it: 1e+21.
  const isNumber = text !== undefined && (/^-?\d{1,15}(\.\d{1,15})?$/.test(text) || String(Number(text)) === text)
  const number = isNumber ? Number(text) : said
  return typeof number === 'number' && Number.isFinite(number)
    ? { value: number }
    : { issue: 'Send a number, like 12.5.' }
}

const composed = (value: unknown) => (typeof value === 'string' ? value.normalize('NFC') : value)

function choicesOf({ options }: LeadField, said: unknown, has: FieldValue | undefined): ReadValue {
  const chosen = [...new Set((Array.isArray(said) ? said : [said]).map(composed))]
  const known = new Set<unknown>([...options.map(({ value }) => value), ...[has].flat()].map(composed))
  return chosen.every((value) => typeof value === 'string' && known.has(value))
    ? { value: chosen.length > 0 ? (chosen as string[]) : null }
    : { issue: `Choose from ${listed(options)}.` }
}

function textOf(
  { type, options }: LeadField,
  text: string,
  country: string | null,
  has: FieldValue | undefined,
): ReadValue {
  switch (type) {
    case 'email':
      return refusedOr(() => normaliseEmail(text))
    case 'phone':
      return refusedOr(() => normalisePhone(text, country))
    case 'url':
      return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
        ? { value: text }
        : { issue: 'Enter an address, like https://www.example.com.' }
    case 'date':
      if (!isDate(text)) return { issue: 'Enter a day, like 2026-11-25.' }
      return text >= '1000' ? { value: text } : { issue: 'Enter a day of the year 1000 or later.' }
    case 'select':
      return [has, ...options.map(({ value }) => value)].map(composed).includes(text)
        ? { value: text }
        : { issue: `Choose from ${listed(options)}.` }
    case 'text':
      return text.length <= 500 ? { value: text } : { issue: 'At most 500 characters.' }
    default:
      return { value: text }
  }
}

function refusedOr(read: () => string): ReadValue {
  try {
    return { value: read() }
  } catch (error) {
    if (error instanceof LeadNestError) return { issue: error.issues[0]!.message }
    throw error
  }
}

/** A day of the calendar, so not 2026-02-30. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

function listed(options: LeadField['options']): string {
  const first = options.slice(0, 10).map(({ value }) => value)
  return first.join(', ') + (options.length > first.length ? ', …' : '')
}
