import { rmSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@leadnest/core'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@leadnest/core/embedded-postgres'
import pg from 'pg'

/** A Postgres of its own, as `npm start` runs it: with fsync, and with Postgres's own settings. */
export async function withPostgres(work: (postgres: EmbeddedPostgres) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'leadnest-bench-'))
  // As root Postgres is another user, who must get in.
  await chmod(dir, 0o711)
  const postgres = await startEmbeddedPostgres(dir)
  const remove = async () => {
    await postgres.stop({ evenIfOthersRemain: true })
    for (const path of [dir, postgres.home]) rmSync(path, { recursive: true, force: true })
  }
  const interrupt = () => void remove().finally(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt)
  try {
    await work(postgres)
  } finally {
    await remove()
  }
}

/** Another database of that server, migrated. Returns its address. */
export async function makeDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  const address = new URL(url)
  address.pathname = `/${name}`
  const pool = new pg.Pool({ connectionString: address.href, max: 2 })
  await migrate(pool)
  await pool.end()
  return address.href
}
