import type { Issue, NewImport, Target } from '@leadnest/core/plugin'
import type { Mapping, Rule } from '../columns/rule.ts'
import { keyOf } from './new-field.ts'

type Typed = Record<string, string>
type Said = Omit<NewImport, 'fileId'>

const delimiters: Record<string, string> = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' }
export const delimiterName = (delimiter: unknown) =>
  Object.entries(delimiters).find(([, sign]) => sign === delimiter)?.[0] ?? ''

/** What the form of the mapping says of these columns. Where the file is read otherwise than before, its columns are others, and none is placed. */
export function draftOf(typed: Typed, before: Said, columns: string[]): Said {
  const options = {
    ...(typed.encoding && { encoding: typed.encoding }),
    ...(delimiters[typed.delimiter ?? ''] && { delimiter: delimiters[typed.delimiter!]! }),
    ...(typed.header && { header: typed.header === 'yes' }),
  }
  const same = JSON.stringify(options) === JSON.stringify(before.options ?? {})
  const tags = (typed.tags ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean)
  return {
    options,
    mode: (typed.mode || 'upsert') as NonNullable<Said['mode']>,
    key: (typed.key || 'email') as NonNullable<Said['key']>,
    blanks: typed.blanks === 'clear' ? 'clear' : 'keep',
    faulty: typed.faulty === 'leave' ? 'leave' : 'refuse',
    ...(tags.length > 0 && { tags }),
    ...(same && { mapping: mappingIn(typed, columns) }),
  }
}

/** `to0` is where the first column goes, with its rules beside it: a header that was sent and came back would not be the same. */
const mappingIn = (typed: Typed, columns: string[]): Mapping =>
  Object.fromEntries(
    columns.flatMap((header, i) => (typed[`to${i}`] === undefined ? [] : [[header, targetIn(typed, header, i)]])),
  )

function targetIn(typed: Typed, header: string, i: number): Target {
  const to = typed[`to${i}`] || 'ignore'
  const said = (name: string) => typed[`${name}${i}`]?.trim() || undefined
  const type = said('type') ?? 'text'
  const [, optOut] = /^optOut:(.+)$/.exec(to) ?? []
  const rule = {
    to: to === 'name:parts' ? 'name' : optOut ? 'optOut' : to === '+' ? `fields.${keyOf(header)}` : to,
    ...(to === 'name:parts' && { parts: true }),
    ...(to === '+' && { create: { label: header.slice(0, 200), type } }),
    ...(said('lower') && { lower: true }),
    ...given('default', said('default')),
    ...given('split', said('split')),
    ...given('prefix', said('prefix')),
    // Suggested for a field, they say nothing of another place.
    ...((to === '+' ? type === 'date' : to.startsWith('fields.')) && given('date', said('date'))),
    ...((to === '+' ? type === 'number' : to.startsWith('fields.')) && given('decimal', said('decimal'))),
    ...given('country', said('country')?.toUpperCase()),
    ...(to === 'consent' && consentIn(said)),
    ...(optOut && { channel: optOut }),
  }
  // What cannot be meant is refused by the core, with its path.
  return rule as Rule
}

const consentIn = (said: (name: string) => string | undefined) => ({
  ...given('channel', said('channel')),
  ...given('purpose', said('purpose')),
  ...given('wording', said('wording')),
})

/** What a consent lacks, at the control that asks for it. */
export function missingIn(typed: Typed, columns: string[]): Issue[] {
  return columns.flatMap((header, i) => {
    if (typed[`to${i}`] !== 'consent') return []
    const wrong = (control: string, message: string) => ({ path: `${control}${i}`, message: `“${header}”: ${message}` })
    const said = (name: string) => typed[`${name}${i}`]?.trim() ?? ''
    return [
      said('channel') === '' && wrong('channel', 'Choose by which channel people agreed to be written to.'),
      !/^[a-z][a-z0-9_]{0,49}$/.test(said('purpose')) &&
        wrong('purpose', 'Say for what, in small letters, digits and _, as in newsletter.'),
      said('wording') === '' && wrong('wording', 'Write the words that people agreed to.'),
    ].filter((issue) => issue !== false)
  })
}

const given = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })
