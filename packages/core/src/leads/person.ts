import type { Answers } from '../forms/check-fields.ts'
import type { Form } from '../forms/form.ts'
import type { Attribution } from '../submissions/submission.ts'
import type { FieldValue, Lead } from './lead.ts'

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
  'id' | 'email' | 'phone' | 'name' | 'firstName' | 'lastName' | 'company' | 'externalId' | 'fields'
> & {
  firstAttribution: Attribution | null
  lastAttribution: Attribution | null
}

const columns = ['email', 'phone', 'name', 'firstName', 'lastName', 'company', 'externalId'] as const
/** Fields of a form that are columns of a lead. The first e-mail field is one too, whatever its name. */
const named = new Set<string>([
  'phone',
  'name',
  'firstName',
  'lastName',
  'company',
] satisfies (typeof columns)[number][])

/** Reads a person out of a form's answers: the first e-mail field is who they are, a field named like a column of a lead is that column. */
export function personOf(
  form: Pick<Form, 'fields'>,
  answers: Answers,
  act: Pick<Person, 'attribution' | 'at' | 'trusted'>,
): Person {
  const person: Person = { ...act, fields: {} }
  const identity = form.fields.find(({ type }) => type === 'email')
  for (const [name, answer] of Object.entries(answers)) {
    const column = name === identity?.name ? 'email' : named.has(name) ? (name as (typeof columns)[number]) : undefined
    if (column) person[column] = answer === null ? null : String(answer)
    else person.fields[name] = answer
  }
  return person
}

export function newLead(id: string): LeadRow {
  return {
    id,
    email: null,
    phone: null,
    name: null,
    firstName: null,
    lastName: null,
    company: null,
    externalId: null,
    fields: {},
    firstAttribution: null,
    lastAttribution: null,
  }
}

/** The lead after this act. The first touch is never overwritten; identities that a lead has stay. */
export function learn(lead: LeadRow, person: Person): LeadRow {
  const after: LeadRow = {
    ...lead,
    fields: person.trusted ? { ...lead.fields, ...person.fields } : { ...person.fields, ...lead.fields },
  }
  for (const column of columns) {
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

/** The part of a lead that search looks through. */
export type Searched = Pick<
  LeadRow,
  'id' | 'email' | 'phone' | 'name' | 'firstName' | 'lastName' | 'company' | 'fields'
>

/** What search looks through: lower case, one line a value. */
export function searchText({ email, phone, name, firstName, lastName, company, fields }: Searched): string {
  const custom = Object.values(fields).filter((value) => typeof value === 'string')
  return [name, [firstName, lastName].filter(Boolean).join(' '), email, phone, company, ...custom]
    .filter(Boolean)
    .join('\n')
    .toLowerCase()
    .slice(0, 20_000)
}
