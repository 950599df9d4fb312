import type { Issue, Lead, LeadField } from '@leadnest/core'
import { invalid, LeadNestError } from '@leadnest/core'
import type { Context } from 'hono'
import { printed } from '../answers.tsx'
import { formTexts, SelectField, TextArea, TextField } from '../fields.tsx'

type Value = Lead['fields'][string]

/** What the form calls a field, which is also how an issue names it. */
const nameOf = (key: string) => `fields.${key}`

/** Several choices as one text. No option has a line break, because each is typed on a line. */
const between = '\n'

/** A value as its control holds it. */
function asText(type: LeadField['type'], value: Value | undefined): string {
  if (value === undefined || value === null || value === false) return ''
  if (type === 'multi_select') return [value].flat().join(between)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Only those that can be written. */
export const writable = (fields: LeadField[]) => fields.filter(({ archivedAt }) => archivedAt === null)

export function fieldsAsTyped(fields: LeadField[], lead: Lead): Record<string, string> {
  return Object.fromEntries(fields.map(({ key, type }) => [nameOf(key), asText(type, ownValue(lead, key))]))
}

/** What a form says of fields; a box sends nothing when it is not ticked, so each has an empty value beside it. */
export async function readTypedFields(c: Context, fields: LeadField[], sent: object): Promise<Record<string, string>> {
  const found = fields.filter(({ key }) => nameOf(key) in sent)
  const texts = await Promise.all(
    found.map(async ({ key }): Promise<[string, string]> => {
      const said = (await formTexts(c, nameOf(key))).filter(Boolean)
      return [nameOf(key), said.join(between).replaceAll('\r\n', '\n')]
    }),
  )
  return Object.fromEntries(texts)
}

/** What was changed of it. Throws `invalid_input` for what is no JSON where that is asked for. */
export function fieldsPatchOf(
  fields: LeadField[],
  changed: string[],
  typed: Record<string, string>,
): Record<string, unknown> {
  const issues: Issue[] = []
  const patch = fields.flatMap(({ key, type }): [string, unknown][] => {
    if (!changed.includes(nameOf(key))) return []
    try {
      return [[key, readText(type, typed[nameOf(key)] ?? '', nameOf(key))]]
    } catch (error) {
      if (!(error instanceof LeadNestError)) throw error
      issues.push(...error.issues)
      return []
    }
  })
  if (issues.length > 0) throw new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })
  return Object.fromEntries(patch)
}

/** A control's text without what says nothing: how lines break, and the order in which choices were made. */
export function sameField(fields: LeadField[], name: string, text: string): string | undefined {
  const field = fields.find(({ key }) => nameOf(key) === name)
  if (!field) return undefined
  const trimmed = text.replaceAll('\r\n', '\n').trim()
  if (field.type === 'multi_select') return trimmed.split(between).sort().join(between)
  return field.type === 'long_text' || field.type === 'json' ? trimmed : trimmed.replace(/[\r\n]/g, '')
}

/** A lead's value as people read it, by the name of its control. */
export function shownField(fields: LeadField[], name: string, lead: Lead): string | undefined {
  const field = fields.find(({ key }) => nameOf(key) === name)
  if (!field) return undefined
  const value = ownValue(lead, field.key) ?? null
  return value === null ? '' : shownValue(field, value)
}

/** No key is looked up among what every object has. */
export const ownValue = (lead: Lead, key: string): Value | undefined =>
  Object.hasOwn(lead.fields, key) ? lead.fields[key] : undefined

function readText(type: LeadField['type'], text: string, path: string): unknown {
  if (type === 'boolean') return text === 'true'
  if (text.trim() === '') return null
  if (type === 'multi_select') return text.split(between)
  if (type !== 'json') return text
  try {
    return JSON.parse(text)
  } catch {
    throw invalid(path, 'This is no JSON.')
  }
}

interface FieldControlsProps {
  fields: LeadField[]
  typed: Record<string, string>
  issues: Issue[]
}

/** A control for each of the workspace's own fields. */
export function FieldControls({ fields, typed, issues }: FieldControlsProps) {
  return (
    <>
      {fields.map((field) => (
        <FieldControl field={field} value={typed[nameOf(field.key)] ?? ''} issues={issues} />
      ))}
    </>
  )
}

function FieldControl({ field, value, issues }: { field: LeadField; value: string; issues: Issue[] }) {
  const { key, label, type, options } = field
  const common = { name: nameOf(key), label, issues }
  switch (type) {
    case 'long_text':
    case 'json':
      return <TextArea {...common} value={value} rows={3} />
    case 'boolean':
      return (
        <div class="field">
          <input type="hidden" name={common.name} value="" />
          <label class="choice">
            <input id={common.name} type="checkbox" name={common.name} value="true" checked={value === 'true'} />{' '}
            {label}
          </label>
          <FieldError name={common.name} issues={issues} />
        </div>
      )
    case 'select':
      return (
        <SelectField {...common}>
          <option value="">—</option>
          {value && !options.some((option) => option.value === value) && (
            <option value={value} selected>
              {value}
            </option>
          )}
          {options.map((option) => (
            <option value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </SelectField>
      )
    case 'multi_select':
      return <Choices {...common} options={options} chosen={value.split(between)} />
    default:
      return <TextField {...common} {...inputs[type]} value={value} autocomplete="off" />
  }
}

/** Browsers refuse more than we do in fields of the types email, number and url, and say it in their own way. */
const inputs = {
  text: { type: 'text', maxlength: 500 },
  number: { type: 'text', inputmode: 'decimal' },
  date: { type: 'date' },
  email: { type: 'text', inputmode: 'email' },
  phone: { type: 'tel' },
  url: { type: 'text', inputmode: 'url' },
} as const

interface ChoicesProps {
  name: string
  label: string
  options: LeadField['options']
  chosen: string[]
  issues: Issue[]
}

function Choices({ name, label, options, chosen, issues }: ChoicesProps) {
  // What was chosen while it was an option stays, until somebody takes it away.
  const gone = chosen
    .filter((value) => value && !options.some((option) => option.value === value))
    .map((value) => ({ value, label: value }))
  const message = issues.find(({ path }) => path === name)?.message
  return (
    <fieldset id={name} tabindex={-1} aria-describedby={message && `${name}-error`}>
      <legend>{label}</legend>
      <input type="hidden" name={name} value="" />
      {[...options, ...gone].map((option) => (
        <label class="choice">
          <input type="checkbox" name={name} value={option.value} checked={chosen.includes(option.value)} />{' '}
          {option.label}
        </label>
      ))}
      <FieldError {...{ name, issues }} />
    </fieldset>
  )
}

function FieldError({ name, issues }: { name: string; issues: Issue[] }) {
  const message = issues.find(({ path }) => path === name)?.message
  if (!message) return null
  return (
    <p class="field-error" id={`${name}-error`}>
      {message}
    </p>
  )
}

/** A value as people read it: choices by their labels. */
export function shownValue(field: LeadField | undefined, value: Value): string {
  if (!field || field.options.length === 0) return printed(value)
  const labels = new Map(field.options.map(({ value, label }) => [value, label]))
  return printed([value].flat().map((one) => (typeof one === 'string' ? (labels.get(one) ?? one) : one)))
}
