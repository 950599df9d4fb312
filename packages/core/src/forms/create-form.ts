import { setWordings } from '../consents/wordings.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { defineFieldsOf } from '../fields/fields.ts'
import { newId } from '../id.ts'
import { checkFieldTypes } from '../plugins/own-fields.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint, type Tx } from '../postgres/transaction.ts'
import { usualRetention } from '../privacy/retention.ts'
import { usualSpamSettings } from '../spam/settings.ts'
import { checkDoubleOptIn } from './check-double-opt-in.ts'
import { checkOrigins } from './check-origins.ts'
import { readForm } from './find-form.ts'
import type { Form, NewForm } from './form.ts'

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

/** Throws `name_taken` where another form of the workspace has the slug, `invalid_input`. */
export async function createForm(core: Core, workspaceId: string, input: NewForm, by: By): Promise<Form> {
  checkFieldTypes(core, input.fields)
  const at = core.now()
  try {
    const form = await core.inWorkspace(workspaceId, async (tx) => {
      const id = await insertForm(tx, workspaceId, input, at)
      const data = { formId: id, formName: input.name }
      await recordEvents(tx, workspaceId, [newEvent({ type: 'form.created', leadId: null, ...by, data, at })])
      return (await readForm(tx, workspaceId, id))!
    })
    core.recent.forget()
    return form
  } catch (error) {
    if (brokenConstraint(error) !== 'forms_workspace_id_slug_key') throw error
    throw new LeadNestError('name_taken', `There is a form “${input.slug}” already. Choose another slug.`, {
      issues: [{ path: 'slug', message: 'This slug is taken.' }],
    })
  }
}

/** Stores a form, makes it known in the directory by its id, and defines the fields of a lead that it asks for. */
export async function insertForm(
  tx: Tx,
  workspaceId: string,
  {
    slug,
    name,
    fields,
    language = 'en',
    submitLabel = 'Send',
    successMessage = 'Thank you. We will be in touch.',
    minFillSeconds = 2,
    origins = [],
    consents = [],
    doubleOptIn = false,
    spam = {},
    retention = {},
  }: NewForm,
  at = new Date(),
): Promise<string> {
  checkDoubleOptIn({ doubleOptIn, fields })
  const id = newId()
  await tx.query(sql`
    insert into forms (workspace_id, id, slug, name, language, fields, submit_label, success_message, min_fill_seconds, origins, double_opt_in, spam, retention)
    values (${workspaceId}, ${id}, ${slug}, ${name}, ${language}, ${JSON.stringify(fields)}, ${submitLabel}, ${successMessage}, ${minFillSeconds}, ${checkOrigins(origins)}, ${doubleOptIn}, ${JSON.stringify({ ...usualSpamSettings, ...spam })}, ${JSON.stringify({ ...usualRetention, ...retention })})`)
  await tx.query(
    sql`insert into directory (kind, name, workspace_id, target_id) values ('form', ${id}, ${workspaceId}, ${id})`,
  )
  if (consents.length > 0) await setWordings(tx, workspaceId, { id, language }, consents, at)
  await defineFieldsOf(tx, workspaceId, { fields })
  return id
}
