import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { startEmbeddedPostgres } from '../postgres/embedded.ts'
import { migrate } from '../postgres/migrate.ts'
import { createPool } from '../postgres/pool.ts'
import { codeOf } from '../postgres/transaction.ts'

const template = 'leadnest_template'

export interface TestDatabase {
  url: string
  drop(): Promise<void>
}

let ownServer: Promise<string> | undefined

/** A fresh, migrated database: a copy of the template, made in a moment. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = process.env.LEADNEST_TEST_DATABASE_URL ?? (await (ownServer ??= startOwnServer()))
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server, (client) => client.query(`create database ${name} template ${template}`))
  return {
    url: databaseUrl(server, name),
    drop: () => dropDatabase(server, name),
  }
}

/** An autovacuum that is at it belongs to Postgres itself, and cannot be ended by us: it is over in a moment. */
export async function dropDatabase(server: string, name: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await onServer(server, (client) => client.query(`drop database if exists ${name} with (force)`))
      return
    } catch (error) {
      if (codeOf(error) !== '42501' || tries === 50) throw error
      await setTimeout(100)
    }
  }
}

/** Makes the template on a server where the role of `url` may create databases. */
export async function makeTemplate(url: string): Promise<void> {
  await onServer(url, async (client) => {
    await client.query(`drop database if exists ${template} with (force)`)
    await client.query(`create database ${template}`)
  })
  const pool = createPool(databaseUrl(url, template), { max: 2 })
  await migrate(pool)
  await pool.end()
}

/** A Postgres for tests only: what it holds may be lost, so it never waits for the disk. */
export async function startTestServer() {
  removeAbandoned()
  const dir = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
  // As root Postgres is another user, who must get in; else everything is copied to where they can.
  await chmod(dir, 0o711)
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' }
  const postgres = await startEmbeddedPostgres(dir, settings)
  await makeTemplate(postgres.url)
  const folders = [dir, postgres.home]
  return {
    url: postgres.url,
    folders,
    pid: pidOf(postgres.postgresDir),
    async stop(): Promise<void> {
      await postgres.stop({ evenIfOthersRemain: true })
      for (const path of folders) rmSync(path, { recursive: true, force: true })
    },
  }
}

const pidOf = (postgresDir: string) => Number(readFileSync(join(postgresDir, 'postmaster.pid'), 'utf8').split('\n')[0])

const prefix = 'leadnest-test-'

/** A run that was killed could not stop its Postgres; the next one does, knowing the process by the folder's name. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : Number.NaN
    if (Number.isNaN(owner) || isAlive(owner)) continue
    const dir = join(tmpdir(), name)
    try {
      const { postgresDir } = JSON.parse(readFileSync(join(dir, 'postgres.json'), 'utf8')) as { postgresDir: string }
      process.kill(pidOf(postgresDir), 'SIGQUIT')
    } catch {
      // It never came so far, or has ended since.
    }
    rmSync(dir, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function startOwnServer(): Promise<string> {
  const { url, folders, pid } = await startTestServer()
  endWithUs(pid, folders)
  return url
}

/** Test runners end their processes from outside, so another one waits for our end: its input closes, however that comes. */
function endWithUs(pid: number, folders: string[]): void {
  const wait = `process.stdin.resume().on('end', () => {
    try { process.kill(${pid}, 'SIGQUIT') } catch {}
    for (const path of ${JSON.stringify(folders)}) require('node:fs').rmSync(path, { recursive: true, force: true, maxRetries: 10 })
  })`
  const watcher = spawn(process.execPath, ['-e', wait], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  watcher.unref()
  ;(watcher.stdin as unknown as Socket).unref()
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
