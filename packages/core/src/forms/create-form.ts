import { defineFieldsOf } from '../fields/fields.ts'
import { newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Field } from './form.ts'

export interface NewForm {
  slug: string
  name: string
  fields: Field[]
  submitLabel?: string
  successMessage?: string
  minFillSeconds?: number
  /** Pages that may show and send it, as in `https://www.example.com`. */
  origins?: string[]
}

/** The form that every workspace begins with. */
export const contactForm: NewForm = {
  slug: 'contact',
  name: 'Contact',
  fields: [
    { name: 'name', type: 'text', label: 'Name', required: false, autocomplete: 'name' },
    { name: 'email', type: 'email', label: 'E-mail', required: true, autocomplete: 'email' },
    { name: 'phone', type: 'tel', label: 'Phone', required: false, autocomplete: 'tel' },
    { name: 'message', type: 'textarea', label: 'Message', required: false },
  ],
}

/** Stores a form, makes it known in the directory by its id, and defines the fields of a lead that it asks for. */
export async function createForm(
  tx: Tx,
  workspaceId: string,
  {
    slug,
    name,
    fields,
    submitLabel = 'Send',
    successMessage = 'Thank you. We will be in touch.',
    minFillSeconds = 2,
    origins = [],
  }: NewForm,
): Promise<string> {
  const id = newId()
  await tx.query(sql`
    insert into forms (workspace_id, id, slug, name, fields, submit_label, success_message, min_fill_seconds, origins)
    values (${workspaceId}, ${id}, ${slug}, ${name}, ${JSON.stringify(fields)}, ${submitLabel}, ${successMessage}, ${minFillSeconds}, ${origins})`)
  await tx.query(
    sql`insert into directory (kind, name, workspace_id, target_id) values ('form', ${id}, ${workspaceId}, ${id})`,
  )
  await defineFieldsOf(tx, workspaceId, { fields })
  return id
}
