import type { Column, FilterContext } from './columns.ts'
import { type Filter, type FilterTest, refuse } from './parse.ts'
import { valueFor } from './values.ts'

/** What all tests of one field, joined by `and`, still allow. */
interface Left {
  /** Null is every value. */
  values: Set<string> | null
  not: Set<string>
  from: { value: number; open: boolean }
  to: { value: number; open: boolean }
  empty: boolean | null
}

type ColumnOf = (test: FilterTest, context: FilterContext) => Column

/** Of these a lead may have several, or each is found by several names. */
const severally = new Set(['tag', 'pipeline', 'form', 'event'])
const numbers = new Set(['number', 'integer', 'time', 'day'])
const exact = new Set(['exact', 'id', 'email', 'phone', 'flag', ...numbers])

/**
 * Refuses tests of one field, joined by `and`, that no lead can answer: `stage = new and stage = won`. It looks at what
 * can be said for certain; what it lets pass may still find nobody.
 */
export function refuseContradictions(filter: Filter, context: FilterContext, columnOf: ColumnOf): void {
  const left = new Map<string, Left>()
  for (const { test, negated } of joined(filter)) {
    if (severally.has(test.field)) continue
    const column = columnOf(test, context)
    if (column.kind === 'choices' || column.kind === 'json') continue
    const before = left.get(test.field) ?? everything()
    left.set(test.field, before)
    narrow(before, test, negated, column, context)
    if (!isPossible(before, column))
      throw refuse(test.at, `No lead can have this ${test.field} and what is asked of it before.`)
  }
}

const everything = (): Left => ({
  values: null,
  not: new Set(),
  from: { value: -Infinity, open: false },
  to: { value: Infinity, open: false },
  empty: null,
})

/** The tests of a chain of `and`, those in brackets of the same kind too. Of what is under `not`, only `is not empty`. */
function joined(filter: Filter): { test: FilterTest; negated: boolean }[] {
  if (filter.kind === 'and') return filter.parts.flatMap(joined)
  if (filter.kind === 'test') return [{ test: filter, negated: false }]
  return filter.kind === 'not' && filter.part.kind === 'test' && filter.part.operator === 'empty'
    ? [{ test: filter.part, negated: true }]
    : []
}

function narrow(
  left: Left,
  { operator, values: texts, at }: FilterTest,
  negated: boolean,
  { kind }: Column,
  context: FilterContext,
) {
  if (operator === 'empty') {
    if (left.empty !== null && left.empty === negated) left.values = new Set()
    left.empty = !negated
    return
  }
  // Empty text is the one value that what is empty may have.
  if (texts.includes('')) return
  if (operator === '!=') {
    if (exact.has(kind)) left.not.add(comparable(kind, texts[0]!, at, context))
    return
  }
  if (left.empty) left.values = new Set()
  left.empty = false
  if (operator === '=' || operator === 'in') {
    const values = new Set(texts.map((text) => comparable(kind, text, at, context)))
    left.values = left.values === null ? values : new Set([...left.values].filter((value) => values.has(value)))
  }
  if (!numbers.has(kind)) return
  const value = Number(comparable(kind, texts[0]!, at, context))
  const open = operator === '>' || operator === '<'
  if (operator.startsWith('>') && (value > left.from.value || (value === left.from.value && open)))
    left.from = { value, open }
  if (operator.startsWith('<') && (value < left.to.value || (value === left.to.value && open)))
    left.to = { value, open }
}

/** Texts that Postgres may take for the same in another case must be the same here. */
function comparable(kind: Column['kind'], text: string, at: number, context: FilterContext): string {
  const value = valueFor(kind, text, at, context)
  if (numbers.has(kind)) return String(kind === 'time' || kind === 'day' ? Date.parse(value) : Number(value))
  if (kind === 'text')
    return value
      .normalize('NFKD')
      .replace(/[^ -~]/g, '')
      .toLowerCase()
  return value
}

function isPossible({ values, not, from, to }: Left, { kind }: Column): boolean {
  if (from.value > to.value || (from.value === to.value && (from.open || to.open))) return false
  if (values === null) return true
  const inside = (value: string) => {
    const number = Number(value)
    const above = from.open ? number > from.value : number >= from.value
    return above && (to.open ? number < to.value : number <= to.value)
  }
  return [...values].some((value) => !not.has(value) && (!numbers.has(kind) || inside(value)))
}
