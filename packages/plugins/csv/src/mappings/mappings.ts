import { createHash } from 'node:crypto'
import { newId, notFound, type PluginContext, sql } from '@leadnest/core/plugin'
import { plainHeader } from '../columns/synonyms.ts'
import type { Mapping, NewMapping, SavedMapping } from '../contract.ts'

export const mappingMigration = `
  create table plugin_csv_mappings (
    workspace_id uuid, id uuid, name text not null, columns jsonb not null, header text not null,
    mapping jsonb not null, created_at timestamptz not null,
    primary key (workspace_id, id), unique (workspace_id, header)
  )`

type Desk = Pick<PluginContext, 'db' | 'workspaceId' | 'now'>

/** What files with the same columns have in common, whatever their order and writing. */
const headerOf = (columns: string[]) =>
  createHash('sha256')
    .update(JSON.stringify(columns.map((name) => plainHeader(name) || name).sort()))
    .digest('hex')

const columns = sql`id, name, columns, mapping, created_at`

/** Keeps a mapping; one for the same columns is replaced. */
export async function saveMapping({ db, workspaceId, now }: Desk, input: NewMapping): Promise<SavedMapping> {
  const at = now()
  const [saved] = await db.query<SavedMapping>(sql`
    insert into plugin_csv_mappings (workspace_id, id, name, columns, header, mapping, created_at)
    values (${workspaceId}, ${newId(at.getTime())}, ${input.name}, ${JSON.stringify(input.columns)}, ${headerOf(input.columns)},
      ${JSON.stringify(input.mapping)}, ${at})
    on conflict (workspace_id, header) do update set
      name = excluded.name, columns = excluded.columns, mapping = excluded.mapping, created_at = excluded.created_at
    returning ${columns}`)
  return saved!
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
  if (!saved) return undefined
  const names = new Map(header.map((name) => [plainHeader(name) || name, name]))
  return Object.fromEntries(
    Object.entries(saved.mapping).map(([name, target]) => [names.get(plainHeader(name) || name)!, target]),
  )
}

/** Throws `not_found`. */
export async function forgetMapping({ db, workspaceId }: Desk, id: string): Promise<void> {
  const gone = await db.query(sql`
    delete from plugin_csv_mappings where workspace_id = ${workspaceId} and id = ${id} returning id`)
  if (gone.length === 0) throw notFound('mapping')
}
