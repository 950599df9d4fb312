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

/** Of these a lead may have several, or each is found by several names; see `isExcluded`. */
const severally = new Set(['tag', 'pipeline', 'form', 'event', 'import'])
const numbers = new Set(['number', 'integer', 'time', 'day'])
const exact = new Set(['exact', 'id', 'email', 'phone', 'flag', ...numbers])

/**
 * Refuses tests of one field, joined by `and`, that no lead can answer: `stage = new and stage = won`. It looks at what
 * can be said for certain; what it lets pass may still find nobody.
 */
export function refuseContradictions(filter: Filter, context: FilterContext, columnOf: ColumnOf): void {
  const left = new Map<string, Left>()
  const some: FilterTest[] = []
  const none: FilterTest[] = []
  for (const { test, negated } of joined(filter)) {
    if (severally.has(test.field)) {
      const isNone = test.operator === '!=' || (test.operator === 'empty' && !negated)
      ;(isNone ? none : some).push(test)
      if (some.some((test) => isExcluded(test, none))) throw impossible(test)
      continue
    }
    const column = columnOf(test, context)
    if (column.kind === 'choices' || column.kind === 'json') continue
    const before = left.get(test.field) ?? everything()
    left.set(test.field, before)
    narrow(before, test, negated, column, context)
    if (!isPossible(before, column)) throw impossible(test)
  }
}

const impossible = ({ at, field }: FilterTest) =>
  refuse(at, `No lead can have this ${field} and what is asked of it before.`)

const everything = (): Left => ({
  values: null,
  not: new Set(),
  from: { value: -Infinity, open: false },
  to: { value: Infinity, open: false },
  empty: null,
})

/** The tests of a chain of `and`, those in brackets of the same kind too; `not` of a single test as its opposite. */
function joined(filter: Filter): { test: FilterTest; negated: boolean }[] {
  if (filter.kind === 'and') return filter.parts.flatMap(joined)
  if (filter.kind === 'test') return [{ test: filter, negated: false }]
  if (filter.kind !== 'not' || filter.part.kind !== 'test') return []
  const { operator } = filter.part
  if (operator === 'empty') return [{ test: filter.part, negated: true }]
  const opposite = operator === '!=' ? '=' : operator === '=' || operator === 'in' ? '!=' : undefined
  return opposite ? [{ test: { ...filter.part, operator: opposite }, negated: false }] : []
}

/** Whether what a lead must have one of is all among what it must have none of, ever or since the same time. */
function isExcluded({ field, values, since }: FilterTest, none: FilterTest[]): boolean {
  const same = none.filter((test) => test.field === field && (test.since ?? since) === since)
  const gone = new Set(same.flatMap((test) => test.values))
  return (
    same.some(({ operator }) => operator === 'empty') || (values.length > 0 && values.every((value) => gone.has(value)))
  )
}

function narrow(
  left: Left,
  { operator, values: texts, valuesAt }: FilterTest,
  negated: boolean,
  { kind }: Column,
  context: FilterContext,
) {
  if (operator === 'empty') {
    if (left.empty !== null && left.empty === negated) left.values = new Set()
    left.empty = !negated
    return
  }
  const all = () => texts.map((text, index) => comparable(kind, text, valuesAt[index]!, context))
  // Empty text is the one value that what is empty may have.
  if (texts.includes('')) return
  if (operator === '!=') {
    if (exact.has(kind)) for (const value of all()) left.not.add(value)
    return
  }
  if (left.empty) left.values = new Set()
  left.empty = false
  if (operator === '=' || operator === 'in') {
    const values = new Set(all())
    left.values = left.values === null ? values : new Set([...left.values].filter((value) => values.has(value)))
  }
  if (!numbers.has(kind)) return
  const value = Number(all()[0])
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
