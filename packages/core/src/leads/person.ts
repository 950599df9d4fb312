import { LeadNestError } from '../errors.ts'
import { leadColumnNames } from '../fields/field.ts'
import { readValue } from '../fields/read-value.ts'
import type { Shape } from '../fields/shape.ts'
import type { Answers } from '../forms/check-fields.ts'
import type { Form } from '../forms/form.ts'
import type { Attribution } from '../submissions/submission.ts'
import type { FieldValue, Lead } from './lead.ts'
import { normalisePhone } from './phone.ts'

/** What one act tells about a person. Undefined is unsaid; `null` is said to be empty. */
export interface Person {
  email?: string | null
  phone?: string | null
  name?: string | null
  firstName?: string | null
  lastName?: string | null
  company?: string | null
  externalId?: string | null
  fields: Record<string, FieldValue>
  attribution?: Attribution | undefined
  at: Date
  /** Trusted doors overwrite what they send; public doors only fill blanks. */
  trusted: boolean
}

/** A lead as its row holds it; `name` is what was said, not what is made of its parts. */
export type LeadRow = Pick<
  Lead,
  'id' | 'email' | 'phone' | 'name' | 'firstName' | 'lastName' | 'company' | 'externalId' | 'stage' | 'fields'
> & {
  firstAttribution: Attribution | null
  lastAttribution: Attribution | null
}

/** A row that somebody may be, deleted ones too. */
export type KnownLead = LeadRow & { deletedAt: string | null }

/** Columns of a lead that a form's field fills by its name. The first e-mail field is one too, whatever its name. */
const named = new Set<string>(['phone', 'name', 'firstName', 'lastName', 'company'])

/**
 * Reads a person out of a form's answers: the first e-mail field is who they are, a field named like a column of a lead
 * is that column, others are the workspace's own. What is not of its field's type stays with the submission alone, for a
 * visitor answered what the form asked; a trusted door is told, by `invalid_input`.
 */
export function personOf(
  form: Pick<Form, 'fields'>,
  answers: Answers,
  shape: Shape,
  act: Pick<Person, 'attribution' | 'at' | 'trusted'>,
): Person {
  const person: Person = { ...act, fields: {} }
  const identity = form.fields.find(({ type }) => type === 'email')
  const issues: { path: string; message: string }[] = []
  for (const [name, answer] of Object.entries(answers)) {
    const column = name === identity?.name ? 'email' : named.has(name) ? name : undefined
    if (column === 'phone') person.phone = answer === null ? null : normalisePhone(String(answer), shape.country)
    else if (column) person[column as 'email'] = answer === null ? null : String(answer)
    else {
      // What the workspace does not know, or has archived, is kept as it came: a visitor's words are not refused for it.
      const field = shape.fields.get(name)
      const read = field && !field.archivedAt ? readValue(field, answer, shape.country) : { value: answer }
      if (!('issue' in read)) person.fields[name] = read.value
      else if (act.trusted) issues.push({ path: `fields.${name}`, message: read.issue })
    }
  }
  if (issues.length > 0) throw new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })
  return person
}

/** What somebody is called where nobody said a full name: as lists and exports have it. */
export const nameOfParts = ({ firstName, lastName }: Pick<Person, 'firstName' | 'lastName'>): string =>
  [firstName, lastName].filter(Boolean).join(' ')

export function newLead(id: string, stage: string): LeadRow {
  return {
    id,
    email: null,
    phone: null,
    name: null,
    firstName: null,
    lastName: null,
    company: null,
    externalId: null,
    stage,
    fields: {},
    firstAttribution: null,
    lastAttribution: null,
  }
}

/** The lead after this act. The first touch is never overwritten. */
export function learn(lead: LeadRow, person: Person): LeadRow {
  const after: LeadRow = {
    ...lead,
    fields: person.trusted ? { ...lead.fields, ...person.fields } : { ...person.fields, ...lead.fields },
  }
  for (const column of leadColumnNames) {
    const said = person[column]
    if (said !== undefined && (person.trusted || lead[column] === null)) after[column] = said
  }
  // A free name that a trusted door clears may still be told by its parts, so nothing is derived here.
  for (const [name, value] of Object.entries(after.fields)) if (value === null) delete after.fields[name]
  const touch = person.attribution && Object.keys(person.attribution).length > 0 ? person.attribution : null
  after.firstAttribution = lead.firstAttribution ?? touch
  after.lastAttribution = touch ?? lead.lastAttribution
  return after
}
