import { Attribution, type Form, type Issue, LeadNestError, type SubmissionDraft } from '@leadnest/core/plugin'
import * as v from 'valibot'
import type { Answer } from './answers.ts'

const Target = v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/, 'Name a field of the form, or attribution.….'))
const Key = v.pipe(v.string(), v.nonEmpty('Name what of a call it is.'), v.maxLength(300, 'At most 300 characters.'))

/** By what something becomes, what of a call it is: `{ "email": "contact.email", "attribution.utmSource": "hidden.utm_source" }`. */
export const Mapping = v.pipe(
  v.record(Target, Key),
  v.check((mapping) => Object.keys(mapping).length <= 120, 'At most 120.'),
)
export type Mapping = v.InferOutput<typeof Mapping>

const attribution = Object.keys(Attribution.entries)

/** What a call can be mapped to. */
export const targetsOf = ({ fields }: Pick<Form, 'fields'>): string[] => [
  ...fields.map(({ name }) => name),
  ...attribution.map((name) => `attribution.${name}`),
]

/** Throws `invalid_input` for what the form does not have. */
export function checkMapping(form: Form, mapping: Mapping): void {
  const known = targetsOf(form)
  const issues: Issue[] = Object.keys(mapping)
    .filter((target) => !known.includes(target))
    .map((target) => ({ path: `mapping.${target}`, message: `The form ${form.slug} has no such field.` }))
  if (issues.length > 0) throw new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })
}

/** What people call the same thing, in letters and digits alone. */
const synonyms: Record<string, string[]> = {
  email: ['emailaddress', 'workemail', 'youremail', 'mail'],
  phone: ['phonenumber', 'telephone', 'tel', 'mobile', 'mobilenumber', 'workphonenumber'],
  name: ['fullname', 'yourname'],
  firstname: ['givenname', 'forename'],
  lastname: ['surname', 'familyname'],
  company: ['companyname', 'organization', 'organisation'],
  message: ['comment', 'comments', 'question', 'howcanwehelp'],
}
const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** What is called as what it becomes: the whole path first, then its end, then what people were asked. */
export function suggest(form: Pick<Form, 'fields'>, answers: Answer[]): Mapping {
  const labels = new Map(form.fields.map(({ name, label }) => [name, label]))
  const found = targetsOf(form).flatMap((target) => {
    const plain = letters(target.replace(/^attribution\./, ''))
    const names = [plain, ...(synonyms[plain] ?? []), ...(labels.has(target) ? [letters(labels.get(target)!)] : [])]
    const called = [
      ({ key }: Answer) => letters(key),
      ({ key }: Answer) => letters(key.slice(key.lastIndexOf('.') + 1)),
      ({ label }: Answer) => letters(label),
    ]
    for (const name of called) {
      const answer = answers.find((answer) => names.includes(name(answer)))
      if (answer) return [[target, answer.key] as const]
    }
    return []
  })
  return Object.fromEntries(found)
}

/** What a call becomes. Without a mapping what is called the same is the same. */
export function mapped(form: Form, mapping: Mapping, answers: Answer[]): SubmissionDraft {
  const values = new Map(answers.map(({ key, value }) => [key, value]))
  const rules = Object.keys(mapping).length > 0 ? mapping : suggest(form, answers)
  const given = Object.entries(rules).flatMap(([target, key]) => {
    const value = values.get(key)
    return value === undefined ? [] : [[target, value] as const]
  })
  const fields = given.filter(([target]) => !target.startsWith('attribution.'))
  const touch = given.filter(([target]) => target.startsWith('attribution.'))
  return {
    fields: Object.fromEntries(fields.map(([name, value]) => [name, asFieldOf(form, name, value)])),
    ...(touch.length > 0 && {
      attribution: Object.fromEntries(touch.map(([target, value]) => [target.slice(12), String(value)])),
    }),
  }
}

/** Others name an option by its label, and a tick by many words. */
function asFieldOf({ fields }: Form, name: string, value: Answer['value']): Answer['value'] {
  const field = fields.find((field) => field.name === name)
  if (field?.type === 'checkbox') return /^(true|on|yes|ja|oui|1|x)$/i.test(String(value).trim())
  const option = field?.options?.find(({ label }) => letters(label) === letters(String(value)))
  return option && !field?.options?.some((one) => one.value === value) ? option.value : String(value)
}
