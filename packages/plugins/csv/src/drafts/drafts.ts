import { type Import, type NewImport, notFound, type PluginContext, sql } from '@leadnest/core/plugin'

/** What somebody is about to import: a file, and what was said of it so far. It is forgotten with the file, after a day. */
export interface Draft {
  fileId: string
  name: string
  input: Omit<NewImport, 'fileId'>
  /** What the file may be written in, where it is not UTF-8. */
  guess: string | null
}

export const draftMigration = `
  create table plugin_csv_drafts (
    workspace_id uuid, file_id uuid, name text not null, input jsonb not null, guess text, dry_run_id uuid, created_at timestamptz not null,
    primary key (workspace_id, file_id)
  )`

/** By which import it went in. */
export const importedMigration = 'alter table plugin_csv_drafts add column import_id uuid'

type Desk = Pick<PluginContext, 'db' | 'workspaceId' | 'now'>

export async function keepDraft({ db, workspaceId, now }: Desk, { fileId, name, input, guess }: Draft): Promise<void> {
  await db.query(sql`
    insert into plugin_csv_drafts (workspace_id, file_id, name, input, guess, created_at)
    values (${workspaceId}, ${fileId}, ${name}, ${JSON.stringify(input)}, ${guess}, ${now()})
    on conflict (workspace_id, file_id) do update set input = excluded.input`)
}

/** Throws `not_found`. */
export async function findDraft({ db, workspaceId }: Desk, fileId: string): Promise<Draft> {
  const [draft] = await db.query<Draft>(sql`
    select file_id, name, input, guess from plugin_csv_drafts where workspace_id = ${workspaceId} and file_id = ${fileId}::uuid`)
  if (!draft) throw notFound('file')
  return draft
}

/** Remembers which import was of this file, so that it is found from there; a dry run, so that the file can be imported from there. */
export async function noteImport({ db, workspaceId }: Desk, fileId: string, { id, dryRun }: Import): Promise<void> {
  await db.query(sql`
    update plugin_csv_drafts
    set dry_run_id = case when ${dryRun} then ${id}::uuid else dry_run_id end, import_id = case when ${dryRun} then import_id else ${id}::uuid end
    where workspace_id = ${workspaceId} and file_id = ${fileId}`)
}

/** By which import a file went in that is not here any more. */
export async function importOfDraft({ db, workspaceId }: Desk, fileId: string): Promise<string | undefined> {
  const [draft] = await db.query<{ importId: string | null }>(sql`
    select import_id from plugin_csv_drafts where workspace_id = ${workspaceId} and file_id = ${fileId}::uuid`)
  return draft?.importId ?? undefined
}

export async function draftOfDryRun({ db, workspaceId }: Desk, id: string): Promise<Draft | undefined> {
  const [draft] = await db.query<Draft>(sql`
    select file_id, name, input, guess from plugin_csv_drafts where workspace_id = ${workspaceId} and dry_run_id = ${id}::uuid`)
  return draft
}

export async function forgetDrafts({ db, workspaceId, now }: Desk): Promise<void> {
  const before = new Date(now().getTime() - 86_400_000)
  await db.query(sql`delete from plugin_csv_drafts where workspace_id = ${workspaceId} and created_at < ${before}`)
}
