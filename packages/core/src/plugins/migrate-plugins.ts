import type pg from 'pg'
import type { Plugin } from './define-plugin.ts'
import { rememberPlugins } from './installed.ts'

/** What every table of a plugin begins with. */
export const tablePrefix = (pluginId: string) => `plugin_${pluginId.replaceAll('-', '_')}_`

/**
 * Makes the tables of these plugins, and returns what was applied, as `sms 1_messages`. Each migration is its own transaction
 * that inserts its name first; a plugin may make tables of its own prefix only, keyed by `workspace_id`, and each gets row
 * security as the tables of the core have it. Then it writes down which plugins there are. Throws an Error that names plugin, migration and table.
 */
export async function migratePlugins(pool: pg.Pool, plugins: Plugin[]): Promise<string[]> {
  const client = await pool.connect()
  const applied: string[] = []
  try {
    // The number that the core's own migrations queue behind.
    await client.query('select pg_advisory_lock(5136470)')
    for (const plugin of plugins) {
      for (const { name, text } of await pendingOf(client, plugin)) {
        await client.query('begin')
        try {
          const before = await tables(client)
          await client.query('insert into plugin_migrations (plugin_id, name) values ($1, $2)', [plugin.id, name])
          await client.query(text)
          await secure(client, plugin, before)
          await client.query('commit')
        } catch (error) {
          await client.query('rollback')
          throw new Error(`Migration ${name} of the plugin ${plugin.id} failed: ${(error as Error).message}`, {
            cause: error,
          })
        }
        applied.push(`${plugin.id} ${name}`)
      }
    }
    await rememberPlugins(client, plugins)
    return applied
  } finally {
    await client.query('select pg_advisory_unlock(5136470)').catch(() => undefined)
    client.release()
  }
}

/** What would be applied, in its order. */
export async function pendingPluginMigrations(pool: pg.Pool, plugins: Plugin[]): Promise<string[]> {
  const pending = await Promise.all(plugins.map((plugin) => pendingOf(pool, plugin)))
  return plugins.flatMap(({ id }, i) => pending[i]!.map(({ name }) => `${id} ${name}`))
}

async function pendingOf(queryable: pg.Pool | pg.PoolClient, { id, migrations = {} }: Plugin) {
  const { rows } = await queryable.query<{ name: string }>('select name from plugin_migrations where plugin_id = $1', [
    id,
  ])
  const done = new Set(rows.map(({ name }) => name))
  return Object.entries(migrations)
    .map(([name, text]) => ({ name, text }))
    .filter(({ name }) => !done.has(name))
}

interface Table {
  name: string
  keyed: boolean
}

async function tables(client: pg.PoolClient): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    select c.relname as name, coalesce((
      select a.attname = 'workspace_id' from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where i.indrelid = c.oid and i.indisprimary
    ), false) as keyed
    from pg_class c where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace = 'public'::regnamespace`)
  return rows
}

async function secure(client: pg.PoolClient, plugin: Plugin, before: Table[]): Promise<void> {
  const known = new Set(before.map(({ name }) => name))
  const after = await tables(client)
  const kept = new Set(after.map(({ name }) => name))
  const prefix = tablePrefix(plugin.id)
  const gone = before.find(({ name }) => !kept.has(name) && !name.startsWith(prefix))
  if (gone) throw new Error(`it may not remove the table ${gone.name}`)
  for (const { name, keyed } of after.filter(({ name }) => !known.has(name))) {
    if (!name.startsWith(prefix)) throw new Error(`the table ${name} must be called ${prefix}…`)
    if (!keyed) throw new Error(`the primary key of ${name} must begin with workspace_id uuid`)
    await client.query(`
      alter table ${name} enable row level security;
      alter table ${name} force row level security;
      create policy workspace on ${name}
        using (workspace_id = current_workspace_id()) with check (workspace_id = current_workspace_id())`)
  }
}
