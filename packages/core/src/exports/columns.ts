import { LeadNestError } from '../errors.ts'
import type { LeadField } from '../fields/field.ts'
import type { Shape } from '../fields/shape.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { ExportColumn } from './exporter.ts'

/** A column of an export, how it is read, and how its value stands as text. */
interface Readable extends ExportColumn {
  read: Sql
  write?(value: unknown): string
}

const text = (key: string, label: string, read: Sql): Readable => ({ key, label, read })
/** Times are read as text too, as in an answer. */
const time = (key: string, label: string, column: Sql): Readable =>
  text(key, label, sql`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)
const touch = (key: string, label: string) => text(key, label, sql`leads.first_attribution ->> ${key}`)

/** As an import reads them back: what is called so here goes where it came from. */
const ofLeads: Readable[] = [
  text('id', 'Id', sql`leads.id::text`),
  text('externalId', 'External id', sql`leads.external_id`),
  text('email', 'E-mail', sql`leads.email`),
  text('phone', 'Phone', sql`leads.phone`),
  text('name', 'Name', sql`coalesce(leads.name, nullif(concat_ws(' ', leads.first_name, leads.last_name), ''))`),
  text('firstName', 'First name', sql`leads.first_name`),
  text('lastName', 'Last name', sql`leads.last_name`),
  text('company', 'Company', sql`leads.company`),
  text('stage', 'Stage', sql`leads.stage`),
  text('lostReason', 'Lost reason', sql`leads.lost_reason`),
  text('owner', 'Owner', sql`(select email from users where users.id = leads.owner_id)`),
  text('score', 'Score', sql`leads.score::text`),
  text(
    'tags',
    'Tags',
    // Names with a sign that people put between tags are a list as JSON.
    sql`(select case when bool_or(t.name ~ '[;|]|^\\[') then jsonb_agg(t.name order by t.name)::text else string_agg(t.name, ',' order by t.name) end
      from lead_tags t where t.workspace_id = leads.workspace_id and t.lead_id = leads.id)`,
  ),
  touch('utmSource', 'UTM source'),
  touch('utmMedium', 'UTM medium'),
  touch('utmCampaign', 'UTM campaign'),
  touch('referrer', 'Referrer'),
  touch('landingPage', 'Landing page'),
  time('createdAt', 'Created', sql`leads.created_at`),
  time('updatedAt', 'Updated', sql`leads.updated_at`),
  time('lastActivityAt', 'Last activity', sql`leads.last_activity_at`),
]

const timeline = text(
  'timeline',
  'Timeline',
  sql`(
    select string_agg(concat_ws(' ', to_char(e.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), e.type, e.actor ->> 'name'), e'\n' order by e.id)
    from events e where e.workspace_id = leads.workspace_id and e.lead_id = leads.id
  )`,
)

const ofField = (field: LeadField): Readable => ({
  key: `fields.${field.key}`,
  label: field.label,
  read: sql`leads.fields -> ${field.key}`,
  write: (value) => cellOf(field, value),
})

/** A value of a field as text that its own reader reads back: choices with `;` between, and as JSON where one has that in it. */
export function cellOf({ type }: Pick<LeadField, 'type'>, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (type === 'json') return JSON.stringify(value)
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const isPlain = (one: unknown) => typeof one === 'string' && !/^\s|\s$|;|^\[|^$/.test(one)
  return Array.isArray(value) && value.length > 0 && value.every(isPlain) ? value.join(';') : JSON.stringify(value)
}

const readable = ({ fields }: Shape): Readable[] => [
  ...ofLeads,
  ...[...fields.values()].filter(({ archivedAt }) => archivedAt === null).map(ofField),
  timeline,
]

/** What an export of this workspace may have, in its order. */
export const exportColumns = (shape: Shape): ExportColumn[] => readable(shape).map(({ key, label }) => ({ key, label }))

/** Those that were chosen; all but the timeline unless told. Throws `invalid_input`. */
export function chooseColumns(shape: Shape, chosen: string[] | undefined): Readable[] {
  const all = readable(shape)
  if (!chosen) return all.filter((column) => column !== timeline)
  const byKey = new Map(all.map((column) => [column.key, column]))
  const issues = chosen.flatMap((key, i) =>
    byKey.has(key)
      ? chosen.indexOf(key) === i
        ? []
        : [{ path: `columns.${i}`, message: 'This column is there twice.' }]
      : [{ path: `columns.${i}`, message: `There is no column “${key}”. Own fields are called fields.<key>.` }],
  )
  if (issues.length > 0) throw new LeadNestError('invalid_input', 'Some columns are not there.', { issues })
  return chosen.map((key) => byKey.get(key)!)
}
