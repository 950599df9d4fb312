import { type Issue, LeadNestError } from '../errors.ts'
import { normaliseEmail } from '../leads/identity.ts'
import type { SubmissionInput } from '../submissions/submission.ts'
import { plain } from '../text.ts'
import type { Field, Form } from './form.ts'

export type Answers = Record<string, string | number | boolean | null>

/** Checks what was sent against the form's fields; throws `invalid_input` with an issue for each field at fault. */
export function checkFields(form: Pick<Form, 'fields'>, sent: SubmissionInput['fields']): Answers {
  const issues: Issue[] = []
  const answers: Answers = {}
  const known = new Set(form.fields.map(({ name }) => name))
  for (const name of Object.keys(sent)) {
    if (!known.has(name)) issues.push({ path: `fields.${name}`, message: 'This form has no such field.' })
  }
  for (const field of form.fields) {
    const value = Object.hasOwn(sent, field.name) ? sent[field.name] : undefined
    const checked = check(field, value ?? null)
    if ('issue' in checked) issues.push({ path: `fields.${field.name}`, message: checked.issue })
    else if (checked.answer !== null) answers[field.name] = checked.answer
  }
  if (issues.length > 0) throw new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })
  return answers
}

type Checked = { answer: string | boolean | null } | { issue: string }

function check(field: Field, value: string | number | boolean | null): Checked {
  if (field.type === 'checkbox') {
    const on = value === true || value === 'true' || value === 'on'
    if (!on && value !== null && value !== false && value !== 'false' && value !== '')
      return { issue: 'Send true or false.' }
    return field.required && !on ? { issue: 'Tick this box to go on.' } : { answer: on }
  }
  if (typeof value === 'boolean') return { issue: 'Send text.' }
  const text = value === null ? '' : plain(String(value))
  if (text === '') return field.required ? { issue: `Fill in “${field.label}”.` } : { answer: null }
  return checkText(field, text)
}

function checkText(field: Field, text: string): Checked {
  switch (field.type) {
    case 'email':
      try {
        return { answer: normaliseEmail(text) }
      } catch (error) {
        if (error instanceof LeadNestError) return { issue: error.issues[0]!.message }
        throw error
      }
    case 'tel':
      return /^\+?[\d\s().\-/]{5,30}$/.test(text) && (text.match(/\d/g) ?? []).length >= 5
        ? { answer: text }
        : { issue: 'Enter a phone number, like +44 20 7946 0958.' }
    case 'select':
      return field.options?.some((option) => plain(option.value) === text)
        ? { answer: text }
        : { issue: 'Choose one of the options.' }
    case 'textarea':
      return { answer: text }
    default:
      // Short text, and what plugins read.
      return text.length <= 500 ? { answer: text } : { issue: 'At most 500 characters.' }
  }
}
