import type pg from 'pg'
import type { Core } from '../core.ts'
import type { EventType } from '../events/event.ts'
import { sql } from '../postgres/sql.ts'
import type { Plugin } from './define-plugin.ts'
import { type Parts, partsOf } from './parts.ts'

/** A plugin as the last process had it that brought it. */
export interface InstalledPlugin {
  id: string
  name: string
  version: string | null
  parts: Parts
  installedAt: string
  seenAt: string
}

/** Writes down what a process brings; what it does not bring stays, for others may. */
export async function rememberPlugins(queryable: pg.Pool | pg.PoolClient, plugins: Plugin[]): Promise<void> {
  for (const plugin of plugins)
    await queryable.query(
      `insert into installed_plugins as known (plugin_id, name, version, parts) values ($1, $2, $3, $4)
       on conflict (plugin_id) do update set
         name = excluded.name, version = excluded.version, parts = excluded.parts, seen_at = now(),
         changed_at = case when known.parts = excluded.parts and known.version is not distinct from excluded.version
           then known.changed_at else now() end`,
      [plugin.id, plugin.name, plugin.version ?? null, JSON.stringify(partsOf(plugin))],
    )
}

/** A worker tells which plugins it has, so that they go on being told of events. */
export async function seePlugins(pool: pg.Pool, plugins: Plugin[]): Promise<void> {
  if (plugins.length > 0)
    await pool.query('update installed_plugins set seen_at = now() where plugin_id = any($1)', [
      plugins.map(({ id }) => id),
    ])
}

export const listInstalled = (core: Core): Promise<InstalledPlugin[]> =>
  core.outside((tx) =>
    tx.query<InstalledPlugin>(
      sql`select plugin_id as id, name, version, parts, installed_at, seen_at from installed_plugins order by plugin_id`,
    ),
  )

/** Who is told of which events (`*` is all of them, in batches): the plugins of this process, and those that another worker had within the hour. */
export async function listeners(core: Core): Promise<{ id: string; types: Set<EventType | '*'> }[]> {
  const others = await core.recent.get('installed plugins', () =>
    core.outside((tx) =>
      tx.query<{ id: string; types: EventType[] | null; everything: boolean }>(sql`
        select plugin_id as id, parts -> 'on' as types, parts -> 'hooks' ? 'onEvents' as everything from installed_plugins
        where seen_at > now() - interval '1 hour'`),
    ),
  )
  const all = new Map(others.map(({ id, types, everything }) => [id, typesOf(types ?? [], everything)]))
  for (const { id, on = {}, onEvents } of core.plugins)
    all.set(id, new Set([...(all.get(id) ?? []), ...typesOf(Object.keys(on) as EventType[], onEvents !== undefined)]))
  return [...all].map(([id, types]) => ({ id, types }))
}

const typesOf = (types: EventType[], everything: boolean) => new Set([...types, ...(everything ? ['*' as const] : [])])
