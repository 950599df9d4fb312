import { readdirSync, readFileSync } from 'node:fs'
import { runMigrations } from 'graphile-worker'
import type pg from 'pg'

/** Sources lie one folder deeper than what is built from them. */
const folder = new URL(import.meta.url.endsWith('.ts') ? '../../migrations/' : '../migrations/', import.meta.url)

let files: { name: string; text: string }[] | undefined

/** The numbered .sql files, in their order; read once. */
export function migrations(): { name: string; text: string }[] {
  files ??= readdirSync(folder)
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort()
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
  return files
}

/**
 * Brings the database up to date and returns the names of what was applied. Safe when several processes start at once:
 * they wait for each other, and each migration is its own transaction that inserts its name first. Needs a direct
 * connection (an advisory lock is of the session). graphile-worker's own migrations run before ours.
 */
export async function migrate(pool: pg.Pool): Promise<string[]> {
  const client = await pool.connect()
  try {
    // Any fixed number, one per product: it is what concurrent starts queue behind.
    await client.query('select pg_advisory_lock(5136470)')
    await runMigrations({ pgPool: pool })
    await client.query(
      'create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())',
    )
    const applied: string[] = []
    for (const { name, text } of await pending(client)) {
      await client.query('begin')
      try {
        await client.query('insert into migrations (name) values ($1)', [name])
        await client.query(text)
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error })
      }
      applied.push(name)
    }
    return applied
  } finally {
    await client.query('select pg_advisory_unlock(5136470)').catch(() => undefined)
    client.release()
  }
}

/** What is still to be applied; empty when the database is up to date. */
export async function pendingMigrations(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ present: boolean }>("select to_regclass('migrations') is not null as present")
  return rows[0]?.present ? (await pending(pool)).map(({ name }) => name) : migrations().map(({ name }) => name)
}

async function pending(queryable: pg.Pool | pg.PoolClient) {
  const { rows } = await queryable.query<{ name: string }>('select name from migrations')
  const done = new Set(rows.map(({ name }) => name))
  return migrations().filter(({ name }) => !done.has(name))
}
