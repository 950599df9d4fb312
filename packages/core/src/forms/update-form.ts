import * as v from 'valibot'
import { setWordings } from '../consents/wordings.ts'
import type { Core } from '../core.ts'
import { notFound } from '../errors.ts'
import { changesIn } from '../events/changes.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { defineFieldsOf } from '../fields/fields.ts'
import { isId } from '../id.ts'
import { checkFieldTypes } from '../plugins/own-fields.ts'
import { sql } from '../postgres/sql.ts'
import { checkDoubleOptIn } from './check-double-opt-in.ts'
import { checkOrigins } from './check-origins.ts'
import { lockForm } from './find-form.ts'
import { type Form, type FormPatch, FormSlug } from './form.ts'

/** What a visitor sees: a change of it is a new version. */
const seen = ['name', 'fields', 'consents', 'language', 'submitLabel', 'successMessage'] as const
const unseen = ['minFillSeconds', 'origins', 'doubleOptIn', 'spam', 'retention'] as const

/** Changes what is named of a form, by its id or slug. What changes nothing writes nothing. Throws `not_found`, `invalid_input`. */
export async function updateForm(
  core: Core,
  workspaceId: string,
  name: string,
  patch: FormPatch,
  by: By,
): Promise<Form> {
  if (!isId(name) && !v.is(FormSlug, name)) throw notFound('form')
  checkFieldTypes(core, patch.fields)
  const origins = patch.origins && checkOrigins(patch.origins)
  const at = core.now()
  const form = await core.inWorkspace(workspaceId, async (tx) => {
    const before = await lockForm(tx, workspaceId, name)
    const { id } = before
    const { consents: boxes, ...words } = patch
    const after: Form = {
      ...before,
      ...words,
      origins: origins ?? before.origins,
      spam: { ...before.spam, ...patch.spam },
      retention: { ...before.retention, ...patch.retention },
    }
    checkDoubleOptIn(after)
    if (boxes) after.consents = await setWordings(tx, workspaceId, after, boxes, at)
    const changes = changesIn(before, after, [...seen, ...unseen])
    if (Object.keys(changes).length === 0) return before
    after.version += seen.some((name) => name in changes) ? 1 : 0
    after.updatedAt = at.toISOString()
    await tx.query(sql`
      update forms set
        name = ${after.name}, version = ${after.version}, fields = ${JSON.stringify(after.fields)}, language = ${after.language},
        submit_label = ${after.submitLabel}, success_message = ${after.successMessage},
        min_fill_seconds = ${after.minFillSeconds}, origins = ${after.origins},
        double_opt_in = ${after.doubleOptIn}, spam = ${JSON.stringify(after.spam)}, retention = ${JSON.stringify(after.retention)},
        updated_at = ${at}
      where workspace_id = ${workspaceId} and id = ${id}`)
    if ('fields' in changes) await defineFieldsOf(tx, workspaceId, after)
    const data = { formId: id, formName: after.name, changes }
    await recordEvents(tx, workspaceId, [newEvent({ type: 'form.updated', leadId: null, ...by, data, at })])
    return after
  })
  core.recent.forget()
  return form
}
