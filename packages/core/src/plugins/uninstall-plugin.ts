import { raw } from 'sql-template-tag'
import { everyWorkspace } from '../accounts/every-workspace.ts'
import type { Core } from '../core.ts'
import { notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { tablePrefix } from './migrate-plugins.ts'

/** What an installation keeps of a plugin. */
export interface PluginData {
  id: string
  /** Whether it is told of events. */
  installed: boolean
  tables: { name: string; rows: number }[]
  /** In how many workspaces it has settings, or was turned on or off. */
  workspaces: number
  /** By which its routes find a workspace. */
  names: number
  /** Jobs that wait for it. */
  jobs: number
  migrations: number
}

export async function findPluginData(core: Core, id: string): Promise<PluginData> {
  const [known, tables] = await core.outside(
    async (tx) => [await ofInstallation(tx, id), await tablesOf(tx, id)] as const,
  )
  const rows = new Map(tables.map((name) => [name, 0]))
  let workspaces = 0
  for (const workspaceId of await everyWorkspace(core))
    await core.inWorkspace(workspaceId, async (tx) => {
      for (const name of tables) rows.set(name, rows.get(name)! + (await countRows(tx, workspaceId, name)))
      workspaces += (
        await tx.query(sql`select from plugin_states where workspace_id = ${workspaceId} and plugin_id = ${id}`)
      ).length
    })
  return { id, ...known, workspaces, tables: tables.map((name) => ({ name, rows: rows.get(name)! })) }
}

/**
 * Ends that a plugin is told of events. What it kept stays, unless `dropData`: then its tables go, its settings in every
 * workspace, and the jobs that wait for it. Take it out of the configuration first: a process that has it brings it back.
 * Throws `not_found` where nothing is known of it. Returns what there was.
 */
export async function uninstallPlugin(
  core: Core,
  id: string,
  { dropData }: { dropData: boolean },
  by: By,
): Promise<PluginData> {
  const found = await findPluginData(core, id)
  if (!found.installed && found.tables.length + found.workspaces + found.names + found.jobs + found.migrations === 0)
    throw notFound('plugin')
  const at = core.now()
  for (const workspaceId of await everyWorkspace(core))
    await core.inWorkspace(workspaceId, async (tx) => {
      if (dropData)
        await tx.query(sql`delete from plugin_states where workspace_id = ${workspaceId} and plugin_id = ${id}`)
      const data = { pluginId: id, dataDropped: dropData }
      await recordEvents(tx, workspaceId, [newEvent({ type: 'plugin.uninstalled', leadId: null, ...by, data, at })])
    })
  await core.outside(async (tx) => {
    await tx.query(sql`delete from installed_plugins where plugin_id = ${id}`)
    if (!dropData) return
    const tables = await tablesOf(tx, id)
    if (tables.length > 0) await tx.query(sql`drop table ${raw(tables.map(quoted).join(', '))}`)
    await tx.query(sql`delete from plugin_migrations where plugin_id = ${id}`)
    await tx.query(sql`delete from directory where kind = ${`plugin:${id}`}`)
    await tx.query(sql`
      delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
      where t.id = j.task_id and ${isTheirs(id)}`)
  })
  core.recent.forget()
  return found
}

async function ofInstallation(
  tx: Tx,
  id: string,
): Promise<Pick<PluginData, 'installed' | 'names' | 'jobs' | 'migrations'>> {
  const [row] = await tx.query<Pick<PluginData, 'installed' | 'names' | 'jobs' | 'migrations'>>(sql`
    select exists (select from installed_plugins where plugin_id = ${id}) as installed,
      (select count(*)::integer from directory where kind = ${`plugin:${id}`}) as names,
      (select count(*)::integer from plugin_migrations where plugin_id = ${id}) as migrations,
      (select count(*)::integer from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
        where ${isTheirs(id)}) as jobs`)
  return row!
}

/** Deliveries, its own jobs, and what runs by the clock. */
const isTheirs = (id: string) => sql`(
  t.identifier in (${`deliver:${id}`}, ${`deliver_all:${id}`}) or starts_with(t.identifier, ${`plugin:${id}:`}) or starts_with(t.identifier, ${`plugin_cron:${id}:`})
)`

/** What begins as the tables of this plugin do, and not as those of another whose id goes on from there: `foo` and `foo-bar`. */
async function tablesOf(tx: Tx, id: string): Promise<string[]> {
  const [tables, others] = await Promise.all([
    tx.query<{ name: string }>(sql`
      select relname as name from pg_class
      where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and starts_with(relname::text, ${tablePrefix(id)})
      order by 1`),
    tx.query<{ id: string }>(sql`
      select plugin_id as id from plugin_migrations where plugin_id <> ${id} union
      select plugin_id from installed_plugins where plugin_id <> ${id}`),
  ])
  const prefixes = others.map((other) => tablePrefix(other.id)).filter((prefix) => prefix.startsWith(tablePrefix(id)))
  return tables.map(({ name }) => name).filter((name) => !prefixes.some((prefix) => name.startsWith(prefix)))
}

async function countRows(tx: Tx, workspaceId: string, table: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    sql`select count(*)::integer as count from ${raw(quoted(table))} where workspace_id = ${workspaceId}`,
  )
  return row!.count
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
