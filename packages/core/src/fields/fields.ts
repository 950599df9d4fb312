import * as v from 'valibot'
import type { Core } from '../core.ts'
import { invalid, LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import type { Field } from '../forms/form.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { FieldKey, type LeadField, type LeadFieldInput, type LeadFieldPatch, leadColumnNames } from './field.ts'
import { fieldColumns } from './shape.ts'

/** However many a workspace has, a lead stays a lead. */
export const maxFields = 200

/** What is wrong with the key of a new field, whoever has it: undefined where nothing is. */
export function wrongWithKey(key: string): string | undefined {
  if (leadColumnNames.some((name) => name === key)) return `Every lead has “${key}” already.`
  return key in Object.prototype ? `“${key}” is a word of JavaScript. Choose another key.` : undefined
}

/** In their order, archived ones too. */
export function listFields(core: Core, workspaceId: string): Promise<LeadField[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<LeadField>(
      sql`select ${fieldColumns} from fields where workspace_id = ${workspaceId} order by position, key`,
    ),
  )
}

/** Throws `name_taken` for a key that is there already, archived or not; `invalid_input`. */
export async function createField(core: Core, workspaceId: string, input: LeadFieldInput, by: By): Promise<LeadField> {
  const field = await core.inWorkspace(workspaceId, (tx) => addField(core, tx, workspaceId, input, by))
  core.recent.forget()
  return field
}

/** The same in a transaction that does more; `core.recent` is to forget behind it. */
export async function addField(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { key, label, type, options }: LeadFieldInput,
  by: By,
): Promise<LeadField> {
  const wrong = wrongWithKey(key)
  if (wrong) throw invalid('key', wrong)
  checkOptions(type, options)
  const [field] = await tx.query<LeadField>(sql`
    insert into fields (workspace_id, key, label, type, options, position)
    select ${workspaceId}, ${key}, ${label}, ${type}, ${JSON.stringify(options)}, coalesce(max(position), 0) + 1
    from fields where workspace_id = ${workspaceId}
    having count(*) < ${maxFields}
    on conflict (workspace_id, key) do nothing
    returning ${fieldColumns}`)
  if (!field) throw await refusal(tx, workspaceId, key)
  await tell(core, tx, workspaceId, 'field.created', field, by)
  return field
}

async function refusal(tx: Tx, workspaceId: string, key: string): Promise<LeadNestError> {
  const [taken] = await tx.query(
    sql`select 1 as present from fields where workspace_id = ${workspaceId} and key = ${key}`,
  )
  return taken
    ? new LeadNestError('name_taken', `There is a field “${key}” already. Choose another key, or change that one.`, {
        issues: [{ path: 'key', message: 'This key is taken.' }],
      })
    : invalid('key', `A workspace has at most ${maxFields} fields.`)
}

/** Renames a field, changes its options, archives it or brings it back; its values stay. Throws `not_found`, `invalid_input`. */
export async function updateField(
  core: Core,
  workspaceId: string,
  key: string,
  { label, options, archived }: LeadFieldPatch,
  by: By,
): Promise<LeadField> {
  if (!v.is(FieldKey, key)) throw notFound('field')
  const field = await core.inWorkspace(workspaceId, async (tx) => {
    const [before] = await tx.query<LeadField>(
      sql`select ${fieldColumns} from fields where workspace_id = ${workspaceId} and key = ${key} for update`,
    )
    if (!before) throw notFound('field')
    if (options) checkOptions(before.type, options)
    const archivedAt = archived === undefined ? before.archivedAt : archived ? (before.archivedAt ?? core.now()) : null
    const after = { label: label ?? before.label, options: options ?? before.options, archived: archivedAt !== null }
    if (
      JSON.stringify(after) ===
      JSON.stringify({ label: before.label, options: before.options, archived: before.archivedAt !== null })
    )
      return before
    const [field] = await tx.query<LeadField>(sql`
      update fields set label = ${after.label}, options = ${JSON.stringify(after.options)}, archived_at = ${archivedAt}
      where workspace_id = ${workspaceId} and key = ${key}
      returning ${fieldColumns}`)
    await tell(core, tx, workspaceId, 'field.updated', field!, by)
    return field!
  })
  core.recent.forget()
  return field
}

function checkOptions(type: LeadField['type'], options: LeadField['options']): void {
  const chosen = type === 'select' || type === 'multi_select'
  if (chosen && options.length === 0) throw invalid('options', 'Give it at least one option.')
  if (!chosen && options.length > 0) throw invalid('options', 'Only select and multi_select have options.')
}

function tell(
  core: Core,
  tx: Tx,
  workspaceId: string,
  type: 'field.created' | 'field.updated',
  { key, label, archivedAt }: LeadField,
  by: By,
) {
  const data = { key, label, archived: archivedAt !== null }
  return recordEvents(tx, workspaceId, [newEvent({ type, leadId: null, ...by, data, at: core.now() })])
}

const typeOf: Partial<Record<Field['type'], LeadField['type']>> = {
  text: 'text',
  textarea: 'long_text',
  email: 'email',
  tel: 'phone',
  select: 'select',
  checkbox: 'boolean',
}

/** What a form asks beyond the columns of a lead becomes a field of the workspace, where it is none yet. */
export async function defineFieldsOf(tx: Tx, workspaceId: string, form: { fields: Field[] }): Promise<void> {
  const identity = form.fields.find(({ type }) => type === 'email')
  const own = form.fields.filter((field) => field !== identity && !leadColumnNames.some((name) => name === field.name))
  await tx.query(sql`
    insert into fields (workspace_id, key, label, type, options, position)
    select ${workspaceId}, v.key, v.label, v.type, v.options, (select coalesce(max(position), 0) from fields where workspace_id = ${workspaceId}) + v.position
    from unnest(
      ${own.map(({ name }) => name)}::text[], ${own.map(({ label }) => label)}::text[], ${own.map(({ type }) => typeOf[type] ?? 'text')}::text[],
      ${own.map(({ options }) => JSON.stringify(options ?? []))}::jsonb[], ${own.map((_, i) => i + 1)}::integer[]
    ) as v (key, label, type, options, position)
    on conflict (workspace_id, key) do nothing`)
}
