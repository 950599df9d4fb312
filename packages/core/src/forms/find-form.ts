import * as v from 'valibot'
import type { Core } from '../core.ts'
import { notFound } from '../errors.ts'
import { isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import { type Form, FormSlug, type PublishedForm } from './form.ts'

/** A form and the workspace it belongs to. */
export interface FoundForm {
  workspaceId: string
  form: Form
}

const columns = sql`id, slug, name, version, language, fields, submit_label, success_message, min_fill_seconds, origins, created_at, updated_at`

/**
 * The form that a public door names: by its id, else by its slug in the credential's workspace, else in the first
 * workspace of the installation. Throws `not_found`, also for a form of another workspace than the credential's.
 */
export async function findForm(core: Core, slugOrId: string, workspaceId?: string): Promise<FoundForm> {
  const name = slugOrId.toLowerCase()
  if (!isId(name) && !v.is(FormSlug, name)) throw notFound('form')
  const owner = workspaceId ?? (await ownerOf(core, name))
  if (!owner) throw notFound('form')
  const [form] = await core.inWorkspace(owner, (tx) =>
    tx.query<Form>(sql`
      select ${columns} from forms
      where workspace_id = ${owner} and ${isId(name) ? sql`id = ${name}` : sql`slug = ${name}`}`),
  )
  if (!form) throw notFound('form')
  return { workspaceId: owner, form }
}

async function ownerOf(core: Core, slugOrId: string): Promise<string | undefined> {
  const name = isId(slugOrId) ? slugOrId : ''
  const known = core.owners.get(name)
  if (known) return known
  const kind = name ? 'form' : 'first_workspace'
  const [entry] = await core.outside((tx) =>
    tx.query<{ workspaceId: string }>(sql`select workspace_id from directory where kind = ${kind} and name = ${name}`),
  )
  if (entry) core.owners.set(name, entry.workspaceId)
  return entry?.workspaceId
}

export async function listForms(core: Core, workspaceId: string): Promise<Form[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<Form>(sql`select ${columns} from forms where workspace_id = ${workspaceId} order by created_at, id`),
  )
}

/** Throws `not_found`. */
export async function getForm(core: Core, workspaceId: string, id: string): Promise<Form> {
  if (!isId(id)) throw notFound('form')
  return (await findForm(core, id, workspaceId)).form
}

/** What anybody may read of a form. */
export function publish({
  id,
  slug,
  name,
  version,
  language,
  fields,
  submitLabel,
  successMessage,
}: Form): PublishedForm {
  return { id, slug, name, version, language, fields, submitLabel, successMessage }
}
