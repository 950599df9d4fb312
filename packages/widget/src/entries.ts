import type { PublishedForm, SubmissionInput } from '@leadnest/sdk'
import type { Texts } from './texts.ts'

/** What is wrong, by field name. */
export type Problems = Record<string, string>
/** Values that a page gives for fields, by name in any case: attributes know no capitals. */
export type Given = Record<string, string>

type Fields = PublishedForm['fields']
type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

// Asked of the shadow root, because a field called `elements` would shadow the form's own property.
const controlOf = (root: ShadowRoot, name: string) => root.querySelector<Control>(`[name="${name}"]`)

export function givenFor(name: string, given: Given = {}): string | undefined {
  return Object.entries(given).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
}

/** Everything filled in, hidden values included; what was left empty is left out. */
export function readEntries(root: ShadowRoot, fields: Fields, hidden?: Given): SubmissionInput['fields'] {
  const entries: SubmissionInput['fields'] = {}
  for (const { name } of fields) {
    const control = controlOf(root, name)
    const value = control ? entryOf(control) : givenFor(name, hidden)
    if (value !== undefined && value !== '') entries[name] = value
  }
  return entries
}

/** A consent is drawn and checked as a box, by the id of its words: no field is called so. */
export const boxOf = ({ id, text, required }: PublishedForm['consents'][number]): Fields[number] => ({
  name: id,
  type: 'checkbox',
  label: text,
  required,
})

/** What was agreed to: the boxes that are ticked. */
export function readConsents(root: ShadowRoot, consents: PublishedForm['consents']): SubmissionInput['consents'] {
  const ticked = consents.filter(({ id }) => (controlOf(root, id) as HTMLInputElement).checked)
  return ticked.map(({ id, channel, purpose }) => ({ channel, purpose, wordingId: id }))
}

export function entryOf(control: Control): string | boolean {
  return control.type === 'checkbox' ? (control as HTMLInputElement).checked : control.value
}

export function findProblems(root: ShadowRoot, fields: Fields, texts: Texts): Problems {
  const problems: Problems = {}
  for (const { name } of fields) {
    const control = controlOf(root, name)
    const problem = control && problemOf(control, texts)
    if (problem) problems[name] = problem
  }
  return problems
}

/** An element of a plugin has the attribute, whatever it makes of the property. */
export const nameOf = (control: Control) => control.getAttribute('name')!

export function problemOf(control: Control, texts: Texts): string | undefined {
  // An element of a plugin need not know of validity.
  const validity = control.validity ?? { valueMissing: control.required && !control.value }
  if (validity.valueMissing) return texts.fill
  if (validity.typeMismatch) return texts.email
}

export function focusFirst(root: ShadowRoot, fields: Fields, problems: Problems): void {
  const first = fields.find(({ name }) => problems[name] && controlOf(root, name))
  if (first) controlOf(root, first.name)!.focus()
}
