import { bareAddress, isId, type Placing } from '@leadnest/core/plugin'
import { email } from '../file/dialect.ts'
import { kindOf } from './kind.ts'
import { optOutOf } from './opt-outs.ts'
import { type Mapping, type Rule, ruleOf, targetOf } from './rule.ts'
import { type Source, sourceOf } from './sources.ts'
import { type Meaning, meaningOf, plainHeader } from './synonyms.ts'

/** What a column becomes, and how that was known. */
export interface Column {
  header: string
  rule: Rule | null
  by: 'mapping' | 'source' | 'header' | 'content' | null
}

type OwnField = Placing['fields'][number]

/** Says what each column is: as somebody said, as the program names it that wrote the file, by its header, by what it says. */
export function mapColumns(headers: string[], { fields, mapping, rows, knows }: Placing) {
  const source = sourceOf(headers)
  const meanings = headers.map((header, i) => {
    const meaning = meaningOf(header)
    return meaning && !isForeign(meaning.to, cellsOf(rows, i), knows) ? meaning : undefined
  })
  const columns = headers.map((header, i): Column => {
    const told = own(mapping, header)
    if (told !== undefined) return { header, rule: asWritten(ruleOf(told), fields, cellsOf(rows, i)), by: 'mapping' }
    const theirs = source && ofSource(source, header)
    if (theirs !== undefined) return { header, rule: ruleOf(theirs), by: 'source' }
    // As our own exports have it; a column of ids of others alone is nobody's here.
    if (header === 'id' && hasIds(cellsOf(rows, i))) return { header, rule: { to: 'id' }, by: 'header' }
    const channel = optOutOf(header, cellsOf(rows, i), enough)
    if (channel) return { header, rule: { to: 'optOut', channel }, by: 'header' }
    const field = fieldOf(header, headers, fields, meanings[i] === undefined)
    if (!field) return { header, rule: null, by: null }
    return { header, rule: asWritten({ to: `fields.${field.key}` }, fields, cellsOf(rows, i)), by: 'header' }
  })
  bySynonym(columns, meanings)
  byContent(columns, rows)
  byNeighbour(columns, rows)
  onceEach(columns)
  return { columns, source }
}

/** The columns that go somewhere, as an import takes them. */
export const placeColumns = (headers: string[], placing: Placing): Mapping =>
  Object.fromEntries(
    mapColumns(headers, placing).columns.flatMap(({ header, rule }) => (rule ? [[header, targetOf(rule)]] : [])),
  )

const hasIds = (cells: string[]) => cells.length === 0 || cells.some(isId)

const own = (mapping: Mapping, header: string) => (Object.hasOwn(mapping, header) ? mapping[header]! : undefined)

function ofSource({ mapping }: Source, header: string) {
  const plain = plainHeader(header)
  return Object.entries(mapping).find(([name]) => plainHeader(name) === plain)?.[1]
}

/** As exports name it; by its key, or by its label where that is no word for what each lead has, and no column is named as exports do. */
function fieldOf(header: string, headers: string[], fields: OwnField[], byLabel: boolean): OwnField | undefined {
  const plain = plainHeader(header.replace(/^fields\./, ''))
  return (
    fields.find(({ key }) => `fields.${key}` === header) ??
    (byLabel
      ? fields.find(
          ({ key, label }) =>
            (plainHeader(key) === plain || plainHeader(label) === plain) && !headers.includes(`fields.${key}`),
        )
      : undefined)
  )
}

/** With how days and numbers are written, where nobody said it and the cells can be read in one way alone. */
function asWritten(rule: Rule | null, fields: OwnField[], cells: string[]): Rule | null {
  const type = fields.find(({ key }) => rule?.to === `fields.${key}`)?.type
  if (!rule || (type !== 'date' && type !== 'number')) return rule
  const { type: found, ...written } = kindOf(cells)
  return found === type ? { ...written, ...rule } : rule
}

/** Of several headers that mean the same, the most certain one; two that are written alike are both, and are refused later. */
function bySynonym(columns: Column[], meanings: (Meaning | undefined)[]): void {
  const taken = takenBy(columns)
  const meant = columns.flatMap((column, i) => {
    const meaning = column.by === null ? meanings[i] : undefined
    return meaning && !taken.has(meaning.to) ? [{ column, ...meaning }] : []
  })
  for (const { column, to, rank } of meant) {
    const best = Math.min(...meant.filter((other) => other.to === to).map((other) => other.rank))
    if (rank === best) Object.assign(column, { rule: { to }, by: 'header' })
  }
}

/** How many of a column's cells have to say what it is: the others are slips, and their rows are refused. */
const enough = 0.8

const namesOurs = (to: string | undefined): to is 'stage' | 'owner' => to === 'stage' || to === 'owner'

/** Stages and owners of another program: the workspace has none of that name, so every row would be refused. */
const isForeign = (to: string, cells: string[], knows: Placing['knows']): boolean =>
  namesOurs(to) && cells.filter((cell) => knows(to, cell)).length < cells.length * enough

/** What a column that nobody sent anywhere would be, did it name stages or members of the workspace. */
export function leftOutAs(header: string, mapping: Mapping): 'stage' | 'owner' | undefined {
  const to = meaningOf(header)?.to
  const taken = Object.values(mapping).some((target) => ruleOf(target)?.to === to)
  return namesOurs(to) && !taken ? to : undefined
}

/** Those of a column that say something. */
const cellsOf = (rows: string[][], index: number) => rows.map((row) => row[index]?.trim() ?? '').filter(Boolean)

const looks = [
  { to: 'email', like: email },
  // No day, as 12.01.2026 is one.
  { to: 'phone', like: /^(?!\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b)\+?[\d\s().\-/]{7,20}$/ },
]

/** Columns whose cells say what they are, where no header did. */
function byContent(columns: Column[], sample: string[][]): void {
  for (const { to, like } of looks) {
    if (takenBy(columns).has(to)) continue
    const column = columns.find(({ header, by, rule }, i) => {
      const cells = cellsOf(sample, i).map(bareAddress)
      const fits = cells.filter(
        (cell) =>
          like.test(cell) && (to !== 'phone' || (cell.replace(/\D/g, '').length >= 7 && /^[+0(]|[\s\-/]/.test(cell))),
      )
      // An address says more than a header like “Contact”; that of an owner is nobody's who is imported.
      const open =
        (by === null && !namesOurs(meaningOf(header)?.to)) || (by === 'header' && rule?.to === 'name' && to === 'email')
      return open && cells.length > 0 && fits.length >= cells.length * enough
    })
    if (column) Object.assign(column, { rule: { to }, by: 'content' })
  }
}

/** Beside first names alone `Name` is the last name, and beside last names the first: unless its cells have the other ones in them. */
function byNeighbour(columns: Column[], sample: string[][]): void {
  const at = (to: string) => columns.findIndex(({ rule }) => rule?.to === to)
  const [name, first, last] = [at('name'), at('firstName'), at('lastName')]
  const column = columns[name]
  if (column?.by !== 'header' || !/^(name|naam)$/.test(plainHeader(column.header)) || first < 0 === last < 0) return
  const besides = sample.flatMap((row): [string, string][] => {
    const [full = '', part = ''] = [row[name], row[Math.max(first, last)]].map((cell) => cell?.trim().toLowerCase())
    return full && part ? [[full, part]] : []
  })
  const full = besides.filter(([full, part]) => ` ${full.replaceAll(',', ' ')} `.includes(` ${part} `))
  if (full.length * 2 <= besides.length) column.rule = { to: first < 0 ? 'firstName' : 'lastName' }
}

/** Where a program has several columns for one thing, the first that was found is it. */
function onceEach(columns: Column[]): void {
  const seen = new Set<string>()
  for (const column of columns) {
    if (column.by !== 'source' || !column.rule) continue
    if (seen.has(column.rule.to)) Object.assign(column, { rule: null, by: null })
    else seen.add(column.rule.to)
  }
}

const takenBy = (columns: Column[]) => new Set(columns.flatMap(({ rule }) => (rule ? [rule.to] : [])))
