import * as v from 'valibot'
import { LeadNestError } from '../errors.ts'
import { FieldKey, leadColumnNames } from '../fields/field.ts'
import { maxFields, wrongWithKey } from '../fields/fields.ts'
import type { Shape } from '../fields/shape.ts'
import type { ImportOptions, Target } from './import.ts'
import { ImportFailure } from './importer.ts'

/** Where a column goes, with its rules. */
export type Rule = Exclude<Target, string>

/** A column of the file that is imported. */
export interface Column {
  index: number
  name: string
  rule: Rule
}

/** What a file of refused rows says of each, behind its own cells. They are nobody's columns, where such a file is imported again. */
export const rejectColumns = ['import_row', 'import_line', 'import_column', 'import_code', 'import_detail']

const scalar = new Set<string>(['id', ...leadColumnNames, 'stage', 'owner'])
const named = new Set<string>([...scalar, 'tags', 'note'])
const isScalar = (to: string) => scalar.has(to) || to.startsWith('fields.')

export const ruleOf = (target: Target): Rule => (typeof target === 'string' ? { to: target } : target)

/**
 * Whether a mapping can be meant, whatever the file's columns are. Throws `invalid_input` with an issue for each column: a field that is
 * not there and shall not be made or cannot be, two columns for one place, a consent without its words or for a channel that nobody knows.
 */
export function checkMapping(mapping: NonNullable<ImportOptions['mapping']>, shape: Shape, channels: string[]): void {
  const taken = new Map<string, string>()
  let made = shape.fields.size
  const issues = Object.entries(mapping).flatMap(([column, target]) => {
    const rule = ruleOf(target)
    const other = isScalar(rule.to) ? taken.get(rule.to) : undefined
    taken.set(rule.to, column)
    const message =
      other !== undefined
        ? `“${other}” goes there already. Let one of them go elsewhere.`
        : wrongWith(rule, shape, channels)
    if (isNew(rule, shape) && ++made > maxFields && !message)
      return [{ path: `mapping.${column}`, message: `A workspace has at most ${maxFields} fields.` }]
    return message ? [{ path: `mapping.${column}`, message }] : []
  })
  if (issues.length > 0)
    throw new LeadNestError('invalid_input', 'Some columns cannot go where they are sent.', { issues })
}

function wrongWith(
  { to, create, channel, purpose, wording }: Rule,
  { fields }: Shape,
  channels: string[],
): string | undefined {
  if (to === 'consent' || to === 'optOut') {
    if (to === 'optOut' && !channel) return 'Say of which channel, as in "channel": "email".'
    if (!channel || (to === 'consent' && (!purpose || !wording)))
      return 'Say for which channel and purpose, and the words that people agreed to: channel, purpose, wording.'
    return channels.includes(channel)
      ? undefined
      : `Nobody here is asked for a consent to “${channel}”. There is ${channels.join(', ')}, and what a form asks for.`
  }
  if (!to.startsWith('fields.')) return undefined
  const field = fields.get(to.slice(7))
  if (field?.archivedAt) return 'This field is archived. Bring it back first.'
  if (field) return undefined
  if (!create) return 'There is no such field. Define it first, or say create.'
  const wrong = wrongWithKey(to.slice(7))
  if (wrong) return wrong
  return create.type === 'select' || create.type === 'multi_select'
    ? 'A field with choices is defined first, with its options.'
    : undefined
}

const isNew = ({ to, create }: Rule, { fields }: Shape) =>
  create !== undefined && to.startsWith('fields.') && !fields.has(to.slice(7))

/** The workspace with the fields that an import will make. */
export function withCreated(shape: Shape, created: ReturnType<typeof fieldsToCreate>): Shape {
  const fields = new Map(shape.fields)
  for (const { key, label, type } of created)
    fields.set(key, { key, label, type, options: [], archivedAt: null, createdAt: '' })
  return { ...shape, fields }
}

export const fieldsToCreate = (shape: Shape, mapping: NonNullable<ImportOptions['mapping']>) =>
  Object.entries(mapping).flatMap(([column, target]) => {
    const rule = ruleOf(target)
    const { to, create } = rule
    const key = to.slice(7)
    return create && isNew(rule, shape)
      ? [
          {
            key,
            label:
              create.label ??
              (column
                .trim()
                .slice(0, 200)
                .replace(/\p{Cs}$/u, '') ||
                key),
            type: create.type,
            options: [],
          },
        ]
      : []
  })

/**
 * Which columns of a file go where: as its format says, else as somebody said, else by their names. Throws `ImportFailure` where none says
 * who a row is about (`no_email_column`), two have one name (`duplicate_header`), or one was named that is not there (`unknown_column`).
 */
export function placeColumns(
  columns: string[],
  { mapping, key }: Pick<ImportOptions, 'mapping' | 'key'>,
  shape: Shape,
  found?: Record<string, Target>,
): { placed: Column[]; ignored: string[] } {
  const twice = columns.find((name, i) => name !== '' && columns.indexOf(name) !== i)
  if (twice !== undefined)
    throw new ImportFailure('duplicate_header', `Two columns are called “${twice.slice(0, 100)}”. Rename one of them.`)
  const absent = Object.keys(mapping ?? {}).find((name) => !columns.includes(name))
  if (absent !== undefined)
    throw new ImportFailure(
      'unknown_column',
      `The file has no column “${absent.slice(0, 100)}”. It has ${listed(columns)}.`,
    )
  const targets = new Map(Object.entries(found ?? mapping ?? byName(columns, shape)))
  const placed = columns.flatMap((name, index) => {
    const target = targets.get(name)
    const rule = target === undefined ? undefined : ruleOf(target)
    return rule && rule.to !== 'ignore' ? [{ index, name, rule }] : []
  })
  if (!placed.some(({ rule }) => rule.to === key)) {
    const [code, what] = keyWords[key]
    const other = placed.find(({ rule }) => rule.to !== 'id' && Object.hasOwn(keyWords, rule.to))
    const way = other ? `by key=${other.rule.to}, which “${other.name.slice(0, 50)}” has` : 'by another key'
    throw new ImportFailure(
      code,
      `No column has ${what}, by which people are found. The file has ${listed(columns)}. Say which one does, or go ${way}.`,
    )
  }
  const used = new Set(placed.map(({ index }) => index))
  return { placed, ignored: columns.filter((name, index) => !used.has(index) && !rejectColumns.includes(name)) }
}

const keyWords = {
  email: ['no_email_column', 'e-mail addresses'],
  phone: ['no_phone_column', 'phone numbers'],
  externalId: ['no_external_id_column', 'external ids'],
  id: ['no_id_column', 'ids of leads'],
} as const

const listed = (columns: string[]) => {
  const first = columns.slice(0, 10).map((name) => `“${name.slice(0, 50)}”`)
  return first.join(', ') + (columns.length > first.length ? ', …' : '')
}

/** Columns that are called as what they hold, as those of our own exports are. */
function byName(columns: string[], { fields }: Shape): Record<string, Target> {
  return Object.fromEntries(
    columns.flatMap((name) => {
      const key = name.startsWith('fields.') ? name.slice(7) : ''
      const known = named.has(name) || (v.is(FieldKey, key) && fields.has(key) && !fields.get(key)!.archivedAt)
      return known ? [[name, name]] : []
    }),
  )
}
