import { createHash } from 'node:crypto'
import {
  LeadNestError,
  type Mapping,
  type NewImport,
  newId,
  notFound,
  type PluginContext,
  rejectColumns,
  sql,
} from '@leadnest/core/plugin'
import { plainHeader } from '../columns/synonyms.ts'
import type { NewMapping, SavedMapping } from '../contract.ts'

export const mappingMigration = `
  create table plugin_csv_mappings (
    workspace_id uuid, id uuid, name text not null, columns jsonb not null, header text not null,
    mapping jsonb not null, created_at timestamptz not null,
    primary key (workspace_id, id), unique (workspace_id, header)
  )`

type Desk = Pick<PluginContext, 'db' | 'workspaceId' | 'now'>

const nameOf = (header: string) => plainHeader(header) || header

/** What files with the same columns have in common, whatever their order and writing; those of refused rows too. */
const headerOf = (columns: string[]) =>
  createHash('sha256')
    .update(
      JSON.stringify(
        columns
          .filter((name) => !rejectColumns.includes(name))
          .map(nameOf)
          .sort(),
      ),
    )
    .digest('hex')

const columns = sql`id, name, columns, mapping, created_at`

/**
 * Keeps a mapping; one for the same columns is replaced. Throws `invalid_input` for a column or a field that is not there, `name_taken` where
 * one for other columns is called so, in whatever case.
 */
export async function saveMapping(
  { db, workspaceId, now, imports }: Desk & Pick<PluginContext, 'imports'>,
  input: NewMapping,
): Promise<SavedMapping> {
  mindColumns(input)
  await imports.checkMapping(input.mapping)
  const at = now()
  const header = headerOf(input.columns)
  return db.transaction(async (query) => {
    // So that of two at once one sees the other.
    await query(sql`select pg_advisory_xact_lock(hashtextextended(${`plugin_csv_mappings ${workspaceId}`}, 0))`)
    const [other] = await query(sql`
      select 1 as taken from plugin_csv_mappings
      where workspace_id = ${workspaceId} and lower(name) = lower(${input.name}) and header <> ${header} limit 1`)
    if (other) throw nameTaken()
    const [saved] = await query<SavedMapping>(sql`
      insert into plugin_csv_mappings (workspace_id, id, name, columns, header, mapping, created_at)
      values (${workspaceId}, ${newId(at.getTime())}, ${input.name}, ${JSON.stringify(input.columns)}, ${header},
        ${JSON.stringify(input.mapping)}, ${at})
      on conflict (workspace_id, header) do update set
        name = excluded.name, columns = excluded.columns, mapping = excluded.mapping, created_at = excluded.created_at
      returning ${columns}`)
    return saved!
  })
}

function nameTaken() {
  const message = 'Another mapping, for other columns, is called so. Choose another name, or forget that one first.'
  return new LeadNestError('name_taken', message, { issues: [{ path: 'name', message }] })
}

function mindColumns({ columns, mapping }: NewMapping): void {
  const names = new Set(columns.map(nameOf))
  const message = 'There is no such column among those that are named.'
  const issues = Object.keys(mapping).flatMap((name) =>
    names.has(nameOf(name)) ? [] : [{ path: `mapping.${name}`, message }],
  )
  if (issues.length > 0)
    throw new LeadNestError('invalid_input', 'Some columns cannot go where they are sent.', { issues })
}

/** A mapping as far as it can still be meant: a column whose field is archived since, say, is left out. */
export async function fittingMapping(
  { imports }: Pick<PluginContext, 'imports'>,
  input: NewImport,
  mapping: Mapping,
): Promise<Mapping> {
  try {
    await imports.preview({ ...input, mapping })
    return mapping
  } catch (error) {
    const wrong = new Set(error instanceof LeadNestError ? error.issues.map(({ path }) => path) : [])
    const entries = Object.entries(mapping)
    if (!entries.some(([name]) => wrong.has(`mapping.${name}`))) throw error
    return Object.fromEntries(
      entries.map(([name, target]) => [name, wrong.has(`mapping.${name}`) ? ('ignore' as const) : target]),
    )
  }
}

/** Newest first; at most 1,000 are told. */
export const listMappings = ({ db, workspaceId }: Desk): Promise<SavedMapping[]> =>
  db.query<SavedMapping>(sql`
    select ${columns} from plugin_csv_mappings where workspace_id = ${workspaceId}
    order by created_at desc, id desc limit 1000`)

/** What was saved for these columns, by their names in this file; undefined where nothing was. */
export async function mappingFor({ db, workspaceId }: Desk, header: string[]): Promise<Mapping | undefined> {
  const [saved] = await db.query<SavedMapping>(sql`
    select ${columns} from plugin_csv_mappings where workspace_id = ${workspaceId} and header = ${headerOf(header)}`)
  return saved && inFile(saved.mapping, header)
}

/** Those that say where some of these columns go, by their names in this file; one for just these comes first. */
export async function mappingsFor(desk: Desk, header: string[]): Promise<FoundMapping[]> {
  const same = headerOf(header)
  const found = (await listMappings(desk)).map(({ id, name, columns, mapping }) => ({
    id,
    name,
    isSame: headerOf(columns) === same,
    mapping: inFile(mapping, header),
  }))
  const fitting = found.filter(({ mapping }) => Object.keys(mapping).length > 0)
  return [...fitting.filter(({ isSame }) => isSame), ...fitting.filter(({ isSame }) => !isSame)]
}

export interface FoundMapping extends Pick<SavedMapping, 'id' | 'name' | 'mapping'> {
  /** Whether it was saved for just these columns. */
  isSame: boolean
}

function inFile(mapping: Mapping, header: string[]): Mapping {
  const names = new Map(header.map((name) => [nameOf(name), name]))
  return Object.fromEntries(
    Object.entries(mapping).flatMap(([name, target]) => {
      const here = names.get(nameOf(name))
      return here === undefined ? [] : [[here, target]]
    }),
  )
}

/** Throws `not_found`. */
export async function forgetMapping({ db, workspaceId }: Desk, id: string): Promise<void> {
  const gone = await db.query(sql`
    delete from plugin_csv_mappings where workspace_id = ${workspaceId} and id = ${id} returning id`)
  if (gone.length === 0) throw notFound('mapping')
}
