import * as v from 'valibot'
import { publishedWordings } from '../consents/wordings.ts'
import type { Core } from '../core.ts'
import { notFound } from '../errors.ts'
import { isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type Form, FormSlug, type PublishedForm } from './form.ts'

/** A form and the workspace it belongs to. */
export interface FoundForm {
  workspaceId: string
  form: Form
}

const columns = sql`id, slug, name, version, language, fields, ${publishedWordings}, submit_label, success_message, min_fill_seconds, origins, double_opt_in, spam, retention, created_at, updated_at`

/**
 * The form that a public door names: by its id, else by its slug in the credential's workspace, else in the first
 * workspace of the installation. It may be up to a second old. Throws `not_found`, also for a form of another workspace
 * than the credential's.
 */
export async function findForm(core: Core, slugOrId: string, workspaceId?: string): Promise<FoundForm> {
  const name = slugOrId.toLowerCase()
  if (!isId(name) && !v.is(FormSlug, name)) throw notFound('form')
  return core.recent.get(`form ${workspaceId} ${name}`, () => loadForm(core, name, workspaceId))
}

async function loadForm(core: Core, name: string, workspaceId?: string): Promise<FoundForm> {
  const owner = workspaceId ?? (await ownerOf(core, name))
  if (!owner) throw notFound('form')
  const form = await core.inWorkspace(owner, (tx) => readForm(tx, owner, name))
  if (!form) throw notFound('form')
  return { workspaceId: owner, form }
}

/** By id or slug. */
export async function readForm(tx: Tx, workspaceId: string, name: string): Promise<Form | undefined> {
  const [form] = await tx.query<Form>(sql`
    select ${columns} from forms
    where workspace_id = ${workspaceId} and ${isId(name) ? sql`id = ${name}` : sql`slug = ${name}`}`)
  return form
}

/** For a change; by id or slug. Throws `not_found`. */
export async function lockForm(tx: Tx, workspaceId: string, name: string): Promise<Form> {
  const [form] = await tx.query<Form>(sql`
    select ${columns} from forms
    where workspace_id = ${workspaceId} and ${isId(name) ? sql`id = ${name}` : sql`slug = ${name}`} for update`)
  if (!form) throw notFound('form')
  return form
}

async function ownerOf(core: Core, name: string): Promise<string | undefined> {
  const [entry] = await core.outside((tx) =>
    tx.query<{ workspaceId: string }>(
      isId(name)
        ? sql`select workspace_id from directory where kind = 'form' and name = ${name}`
        : sql`select workspace_id from directory where kind = 'first_workspace' and name = ''`,
    ),
  )
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
  return (await loadForm(core, id, workspaceId)).form
}

/** What anybody may read of a form. */
export function publish({
  id,
  slug,
  name,
  version,
  language,
  fields,
  consents,
  submitLabel,
  successMessage,
  spam: { proofBits },
}: Form): PublishedForm {
  const published = { id, slug, name, version, language, fields, consents, submitLabel, successMessage }
  return proofBits > 0 ? { ...published, proof: proofBits } : published
}
