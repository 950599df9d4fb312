import { bareNumber, readDay, readYes } from '@leadnest/core/plugin'
import { email } from '../file/dialect.ts'
import type { Rule } from './rule.ts'

/** What a field would be whose values are these, and how they are written where it takes a rule to read them. */
export interface Kind extends Pick<Rule, 'date' | 'decimal'> {
  type: NonNullable<Rule['create']>['type']
}

/** What all of a column's cells are, the empty ones aside. A text where they may be read in two ways: nobody's numbers or days are guessed. */
export function kindOf(values: string[]): Kind {
  const cells = values.map((value) => value.trim()).filter(Boolean)
  if (cells.length === 0) return { type: 'text' }
  const found =
    numbersIn(cells.map(bareNumber)) ??
    daysIn(cells) ??
    (cells.every((cell) => readYes(cell) !== undefined) ? ({ type: 'boolean' } as const) : undefined) ??
    others.find(({ like }) => cells.every((cell) => like.test(cell)))?.kind
  return found ?? { type: cells.some((cell) => cell.length > 200 || cell.includes('\n')) ? 'long_text' : 'text' }
}

const others: { kind: Kind; like: RegExp }[] = [
  { kind: { type: 'email' }, like: email },
  { kind: { type: 'url' }, like: /^https?:\/\/\S+$/i },
  // With a plus or something between its digits: others are numbers of customers, with zeros in front.
  {
    kind: { type: 'phone' },
    like: /^(?!\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b)(?=.*[+\s(/-])(?=(?:\D*\d){7})\+?[\d\s().\-/]{7,20}$/,
  },
]

/** Zeros in front are of a code, and would be lost. */
const plain = /^-?(?=[\d.])(0|[1-9]\d{0,14})?(\.\d+)?$/
const grouped = {
  ',': /^-?(?=[\d,])(0|[1-9]\d{0,14}|[1-9]\d{0,2}(?:([.\s'’])\d{3})(?:\2\d{3})*)?(,\d+)?$/,
  '.': /^-?(?=[\d.])(0|[1-9]\d{0,14}|[1-9]\d{0,2}(?:([,\s'’])\d{3})(?:\2\d{3})*|[1-9]\d?(?:,\d{2})+,\d{3})?(\.\d+)?$/,
}

function numbersIn(cells: string[]): Kind | undefined {
  const [comma, dot] = ([',', '.'] as const).map((sign) => cells.every((cell) => grouped[sign].test(cell)))
  if (comma && dot) return cells.every((cell) => /^-?\d+$/.test(cell)) ? { type: 'number' } : { type: 'text' }
  if (dot && cells.every((cell) => plain.test(cell))) return { type: 'number' }
  return comma ? { type: 'number', decimal: ',' } : dot ? { type: 'number', decimal: '.' } : undefined
}

/** A time behind a day would be lost. Days with full stops between are nowhere written with the month first. */
function daysIn(cells: string[]): Kind | undefined {
  if (cells.some((cell) => cell.includes(':'))) return undefined
  const fits = (order?: Kind['date']) => cells.every((cell) => isDay(readDay(cell, order)))
  if (fits()) return { type: 'date' }
  const [dayFirst, monthFirst] = [fits('dmy'), fits('mdy')]
  if (dayFirst && (!monthFirst || cells.every((cell) => cell.includes('.')))) return { type: 'date', date: 'dmy' }
  return monthFirst && !dayFirst ? { type: 'date', date: 'mdy' } : undefined
}

function isDay(read: ReturnType<typeof readDay>): boolean {
  if (!('day' in read) || !/^\d{4}-\d{2}-\d{2}$/.test(read.day)) return false
  const day = new Date(`${read.day}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(read.day)
}
