import * as v from 'valibot'
import { Channel } from '../consents/wording.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { LeadField } from '../fields/field.ts'
import { readShape, type Shape } from '../fields/shape.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import { Attribution } from '../submissions/submission.ts'
import { addressedChannels } from '../suppressions/address.ts'
import type { ExportColumn } from './exporter.ts'

const touches = Object.keys(Attribution.entries)

/** A column of an export, how it is read, and how its value stands as text. */
interface Readable extends ExportColumn {
  read: Sql
  /** How things stand on this channel is told instead of what was read, which is the lead's id. */
  channel?: string
  write?(value: unknown): string
}

const text = (key: string, label: string, read: Sql): Readable => ({ key, label, read })
/** Times are read as text too, as in an answer. */
const time = (key: string, label: string, column: Sql): Readable =>
  text(key, label, sql`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)
const first = (key: string): Readable => text(key, labelOf(key), sql`leads.first_attribution ->> ${key}`)
const last = (key: string): Readable =>
  text(
    `last${key[0]!.toUpperCase()}${key.slice(1)}`,
    `Last ${labelOf(key).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`,
    sql`leads.last_attribution ->> ${key}`,
  )

/** Click ids are called as the ads have them. */
function labelOf(key: string): string {
  if (key.startsWith('utm')) return `UTM ${key.slice(3).toLowerCase()}`
  return key === 'landingPage' ? 'Landing page' : key === 'referrer' ? 'Referrer' : key
}

/** Of the first touch these are in every export. */
const usual = ['utmSource', 'utmMedium', 'utmCampaign', 'referrer', 'landingPage']

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
    sql`(select case when bool_or(t.name ~ '[;|，、]|^[["]') then jsonb_agg(t.name order by t.name)::text else string_agg(t.name, ',' order by t.name) end
      from lead_tags t where t.workspace_id = leads.workspace_id and t.lead_id = leads.id)`,
  ),
  ...usual.map(first),
  time('createdAt', 'Created', sql`leads.created_at`),
  time('updatedAt', 'Updated', sql`leads.updated_at`),
  time('lastActivityAt', 'Last activity', sql`leads.last_activity_at`),
]

const consent = (channel: string): Readable => ({
  ...text(`consent.${channel}`, `Consent: ${channel}`, sql`leads.id::text`),
  channel,
})

/** Long, or of use to few. An import leaves them out: what it does with `notes` is to add one. */
const extras: Readable[] = [
  ...touches.filter((key) => !usual.includes(key)).map(first),
  ...touches.map(last),
  ...addressedChannels.map(consent),
  text(
    'allNotes',
    'Notes',
    sql`(
    select string_agg(concat_ws(' ', to_char(n.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), n.author ->> 'name') || ': ' || n.body, e'\n' order by n.id)
    from notes n where n.workspace_id = leads.workspace_id and n.lead_id = leads.id
  )`,
  ),
  text(
    'timeline',
    'Timeline',
    sql`(
    select string_agg(concat_ws(' ', to_char(e.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), e.type, e.actor ->> 'name'), e'\n' order by e.id)
    from events e where e.workspace_id = leads.workspace_id and e.lead_id = leads.id
  )`,
  ),
].map((column) => ({ ...column, extra: true }))

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
  ...extras,
]

/** What an export of this workspace may have, in its order. */
export async function listExportColumns(core: Core, workspaceId: string): Promise<ExportColumn[]> {
  const shape = await core.inWorkspace(workspaceId, (tx) => readShape(tx, workspaceId))
  return readable(shape).map(({ key, label, extra }) => ({ key, label, ...(extra && { extra }) }))
}

/** Those that were chosen; all but the extra ones unless told. Throws `invalid_input`. */
export function chooseColumns(shape: Shape, chosen: string[] | undefined): Readable[] {
  const all = readable(shape)
  if (!chosen) return all.filter(({ extra }) => !extra)
  const byKey = new Map(all.map((column) => [column.key, column]))
  // Forms may ask for channels of their own.
  for (const key of chosen)
    if (key.startsWith('consent.') && v.is(Channel, key.slice(8))) byKey.set(key, consent(key.slice(8)))
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
