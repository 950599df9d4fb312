import { countries, type Html, html, type ImportPreview, type PageCall, rejectColumns } from '@leadnest/core/plugin'
import { type Kind, kindOf } from '../columns/kind.ts'
import { type Mapping, type Rule, ruleOf } from '../columns/rule.ts'
import { leftOutAs } from '../columns/suggest.ts'
import { keyOf } from './new-field.ts'
import { type Choice, input, select, toldApart } from './parts.ts'

/** A place that a column can go to, with the groups of rules that make sense there. */
export type Place = Choice & { rules: string }

const words = 'text blank'

const leadPlaces: Place[] = [
  { value: '', label: 'Left out', rules: '' },
  { value: 'email', label: 'E-mail', rules: words },
  { value: 'phone', label: 'Phone', rules: 'phone blank' },
  { value: 'name', label: 'Name', rules: words },
  { value: 'name:parts', label: 'First and last name', rules: words },
  { value: 'firstName', label: 'First name', rules: words },
  { value: 'lastName', label: 'Last name', rules: words },
  { value: 'company', label: 'Company', rules: words },
  { value: 'externalId', label: 'External id', rules: words },
  { value: 'id', label: 'Id of a lead', rules: '' },
  { value: 'stage', label: 'Stage', rules: words },
  { value: 'owner', label: 'Owner (e-mail)', rules: words },
  { value: 'tags', label: 'Tags', rules: `${words} several` },
  { value: 'note', label: 'Note', rules: words },
  { value: 'consent', label: 'Consent (yes or no)', rules: 'consent blank' },
]

const rulesOfType: Record<string, string> = {
  number: 'number blank',
  date: 'day blank',
  boolean: 'blank',
  phone: 'phone blank',
  multi_select: `${words} several`,
}

export const placesOf = (fields: { key: string; label: string; type: string }[], channels: string[]): Place[] => [
  ...leadPlaces,
  ...channels.map((channel) => ({
    value: `optOut:${channel}`,
    label: `Opt-out of ${channel === 'email' ? 'e-mail' : channel} (yes is a no)`,
    rules: '',
  })),
  ...toldApart(fields).map(({ key, label, type }) => ({
    value: `fields.${key}`,
    label,
    rules: rulesOfType[type] ?? words,
  })),
]

const leftOutWords = {
  stage: 'Left out: you have no stages of these names. Sent to “Stage”, rows that name none of yours are refused.',
  owner: 'Left out: no member has these addresses. Sent to “Owner”, rows that name none of yours are refused.',
}

type Drawn = ImportPreview & { sent: Mapping; issues: PageCall['issues']; channels: string[] }

/** A column, what it says, where it goes, and what is done to its values on the way. */
export function columnRow(
  name: string,
  i: number,
  { mapping, rows, sent, issues, channels }: Drawn,
  places: Place[],
): Html {
  const rule = Object.hasOwn(mapping, name) ? ruleOf(mapping[name]!) : null
  const foreign = rule || Object.hasOwn(sent, name) ? undefined : leftOutAs(name, mapping)
  const wrongAt = (control: string) => issues.find(({ path }) => path === `${control}${i}`)?.message
  const wrong = wrongAt('to')
  const values = rows.map(({ values }) => values[i]?.trim() ?? '').filter(Boolean)
  const isThere = (to: string) => places.some(({ value }) => value === to)
  const placed = rule?.create && !isThere(rule.to) ? '+' : chosen(rule)
  const makes = placed === '+' || !isThere(`fields.${keyOf(name)}`)
  const kind = kindOf(values)
  const isPhone = (rule?.create?.type ?? kind.type) === 'phone'
  const isLabel = (text: string) => places.some(({ label }) => label.toLowerCase() === text.toLowerCase())
  const fitting =
    rejectColumns.includes(name) || !makes
      ? places
      : [
          ...places,
          {
            value: '+',
            label: `${isLabel(name) ? 'A second' : 'New'} field “${name.slice(0, 40)}”`,
            rules: `new ${words} day number phone`,
          },
        ]
  return html`<tr>
    <td><b><bdi>${name}</bdi></b><small><bdi>${[...new Set(values)]
      .slice(0, 3)
      .map((value) => value.slice(0, 60))
      .join(' · ')}</bdi></small></td>
    <td class="goes-to">
      <select id="to${i}" name="to${i}" aria-label="${name} goes to" ${wrong && html`aria-invalid="true" aria-describedby="to${i}-error"`}>${fitting.map(
        ({ value, label, rules }) => html`
        <option class="${classesOf(rules)}" value="${value}" ${value === placed && html`selected`}>${label}</option>`,
      )}</select>
      ${foreign && html`<p class="muted small">${leftOutWords[foreign]}</p>`}
      ${wrong && html`<p class="field-error" id="to${i}-error">${wrong}</p>`}
      ${neededOf(rule, i, { channels, wrongAt, type: kind.type, isPhone: placed === 'phone' || isPhone || values.some(isLocalPhone) })}
      <details class="for-blank" ${hasRules(rule ?? kind) && html`open`}><summary class="small">More rules</summary>${rulesOf(rule, i, kind)}</details>
    </td>
  </tr>`
}

const chosen = (rule: Rule | null) =>
  rule === null ? '' : rule.parts ? 'name:parts' : rule.to === 'optOut' ? `optOut:${rule.channel}` : rule.to
const classesOf = (rules: string) =>
  rules
    .split(' ')
    .filter(Boolean)
    .map((group) => `of-${group}`)
    .join(' ')

const further = ['default', 'lower', 'prefix', 'split', 'date', 'decimal'] as const
const hasRules = (rule: Partial<Rule>) => further.some((name) => rule[name] !== undefined)

/** A number as people of a country write it among themselves. */
const isLocalPhone = (value: string) => /^[(\d][\d\s().\-/]{5,20}$/.test(value) && /^0|[\s(/]/.test(value)

const regions = new Intl.DisplayNames('en', { type: 'region' })
const countryChoices: Choice[] = [
  { value: '', label: 'The workspace’s own' },
  ...countries
    .map((value) => ({ value, label: regions.of(value) ?? value }))
    .sort((one, other) => one.label.localeCompare(other.label, 'en')),
]

const typeChoices: Choice[] = [
  { value: 'text', label: 'Text' },
  { value: 'long_text', label: 'Long text' },
  { value: 'number', label: 'Number' },
  { value: 'date', label: 'Day' },
  { value: 'boolean', label: 'Yes or no' },
  { value: 'email', label: 'E-mail' },
  { value: 'phone', label: 'Phone' },
  { value: 'url', label: 'Web address' },
]

interface Needed {
  channels: string[]
  wrongAt(control: string): string | undefined
  type: string
  isPhone: boolean
}

/** What a place asks of a column: admin.css shows that of the chosen one. */
function neededOf(rule: Rule | null, i: number, { channels, wrongAt, type, isPhone }: Needed): Html {
  return html`
    <div class="for-consent stack">
      ${select(`channel${i}`, 'Consent to be written to by', [{ value: '', label: 'Choose a channel' }, ...channels.map((value) => ({ value, label: value }))], rule?.channel ?? '', { wrong: wrongAt('channel') })}
      ${input(`purpose${i}`, 'For', rule?.purpose ?? '', { hint: 'The purpose, as in newsletter or product_news.', wrong: wrongAt('purpose') })}
      ${input(`wording${i}`, 'The words that people agreed to', rule?.wording ?? '', { hint: 'As they stood beside the box: they are kept as the proof.', wrong: wrongAt('wording') })}
    </div>
    ${isPhone && html`<div class="for-phone">${select(`country${i}`, 'Country of numbers without a +', countryChoices, rule?.country ?? '', { hint: 'Unless the workspace has a country in its settings, choose one: else these numbers are kept as they are written, and one that is written otherwise is taken for another.' })}</div>`}
    <div class="for-new">${select(`type${i}`, 'Type of the new field', typeChoices, rule?.create?.type ?? type)}</div>`
}

/** What the cells say of themselves stands there where nobody has sent the column anywhere yet. */
function rulesOf(rule: Rule | null, i: number, kind: Kind): Html {
  const { date = '', decimal = '' } = rule ?? kind
  const asIs = { value: '', label: 'As it is' }
  const days = [
    { value: '', label: 'As in 2026-12-31' },
    { value: 'dmy', label: 'Day, month, year' },
    { value: 'mdy', label: 'Month, day, year' },
    { value: 'ymd', label: 'Year, month, day' },
  ]
  const numbers = [
    { value: '', label: 'As in 1234.5' },
    { value: ',', label: 'As in 1.234,5' },
    { value: '.', label: 'As in 1,234.5' },
  ]
  return html`<div class="stack">
    ${input(`default${i}`, 'Where a cell is empty, take', rule?.default ?? '')}
    <div class="for-text stack">
      ${select(`lower${i}`, 'Letters', [asIs, { value: 'yes', label: 'All small' }], rule?.lower ? 'yes' : '')}
      ${input(`prefix${i}`, 'Put in front of each value', rule?.prefix ?? '', { hint: 'As in hubspot:' })}
    </div>
    <div class="for-several">${input(`split${i}`, 'Between several values stands', rule?.split ?? '')}</div>
    <div class="for-day">${select(`date${i}`, 'Days are written', days, date)}</div>
    <div class="for-number">${select(`decimal${i}`, 'Numbers are written', numbers, decimal)}</div>
  </div>`
}
