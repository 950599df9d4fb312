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
          await apply(client, plugin, name, text)
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

async function apply(client: pg.PoolClient, plugin: Plugin, name: string, text: string): Promise<void> {
  const before = await tables(client)
  await client.query('insert into plugin_migrations (plugin_id, name) values ($1, $2)', [plugin.id, name])
  await client.query(text)
  await secure(client, plugin, before)
}

/** What the pending migrations of a plugin would do. */
export interface TriedMigrations {
  migrations: string[]
  tables: string[]
  /** Why the first one that fails does. */
  failure: string | null
}

/** Applies what is pending of a plugin and takes it back. It waits for no lock longer than 2 s, so it can be tried while others work. */
export async function tryMigrations(pool: pg.Pool, plugin: Plugin): Promise<TriedMigrations> {
  const client = await pool.connect()
  const tried: TriedMigrations = { migrations: [], tables: [], failure: null }
  try {
    await client.query('begin')
    await client.query("set local lock_timeout = '2s'; set local statement_timeout = '30s'")
    const before = new Set((await tables(client)).map(({ name }) => name))
    for (const { name, text } of await pendingOf(client, plugin)) {
      tried.migrations.push(name)
      await apply(client, plugin, name, text)
      tried.tables = (await tables(client)).flatMap((table) => (before.has(table.name) ? [] : [table.name]))
    }
  } catch (error) {
    tried.failure = (error as Error).message
  } finally {
    await client.query('rollback')
    client.release()
  }
  return tried
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
  /** Of all that a migration can change of it, but for its rows. */
  shape: string
}

async function tables(client: pg.PoolClient): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    select c.relname as name, coalesce((
      select a.attname = 'workspace_id' from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where i.indrelid = c.oid and i.indisprimary
    ), false) as keyed, md5(concat_ws('|', c.relrowsecurity, c.relforcerowsecurity,
      (select string_agg(concat_ws(' ', attname, atttypid, attnotnull, atthasdef, attisdropped), ',' order by attnum)
        from pg_attribute where attrelid = c.oid and attnum > 0),
      (select string_agg(pg_get_constraintdef(oid), ',' order by conname) from pg_constraint where conrelid = c.oid),
      (select string_agg(pg_get_indexdef(indexrelid), ',' order by indexrelid) from pg_index where indrelid = c.oid),
      (select string_agg(pg_get_triggerdef(oid), ',' order by tgname) from pg_trigger where tgrelid = c.oid and not tgisinternal),
      (select string_agg(concat_ws(' ', polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)), ',' order by polname)
        from pg_policy where polrelid = c.oid)
    )) as shape
    from pg_class c where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace = 'public'::regnamespace`)
  return rows
}

async function secure(client: pg.PoolClient, plugin: Plugin, before: Table[]): Promise<void> {
  const known = new Set(before.map(({ name }) => name))
  const after = await tables(client)
  const shapes = new Map(after.map(({ name, shape }) => [name, shape]))
  const prefix = tablePrefix(plugin.id)
  for (const { name, shape } of before.filter(({ name }) => !name.startsWith(prefix))) {
    if (!shapes.has(name)) throw new Error(`it may not remove the table ${name}`)
    if (shapes.get(name) !== shape) throw new Error(`it may not change the table ${name}`)
  }
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
