import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import pg from 'pg'
import { type PostgresHome, postgresHome } from './embedded-home.ts'
import { applicationName } from './pool.ts'

/** What other LeadNest commands need to attach to a running database; kept in `<data dir>/postgres.json` (0600). */
interface Connection {
  port: number
  /** The application's role: it owns its database and is no superuser. */
  password: string
  /** The cluster's superuser, only used to make that role and its database. */
  adminPassword: string
  postgresDir: string
}

export interface EmbeddedPostgres {
  /** For the application's role. */
  url: string
  /** For the cluster's superuser: to make test databases, never for rows. */
  adminUrl: string
  /** Where the rows lie. */
  postgresDir: string
  /** The folder that holds the rows, the log, and where needed the programs. */
  home: string
  /** True when a Postgres was already running there, as after `kill -9` of the server. */
  adopted: boolean
  /** Stops Postgres, unless another LeadNest process is still connected to it: the last one out turns off the light. */
  stop(options?: { evenIfOthersRemain?: boolean }): Promise<void>
}

/**
 * Attaches to the Postgres of a data directory, or starts it. Works as an ordinary user and as root, where Postgres
 * runs as the user `postgres`. `settings` are server settings, as in `{ fsync: 'off' }` for tests.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  settings: Record<string, string> = {},
): Promise<EmbeddedPostgres> {
  const dir = resolve(dataDir)
  mkdirSync(dir, { recursive: true, mode: 0o711 })
  const file = join(dir, 'postgres.json')

  return (
    (await attach(file)) ??
    alone(
      join(dir, 'starting'),
      async () => (await attach(file)) ?? (await adopt(file)) ?? launchIn(dir, file, settings),
    )
  )
}

async function attach(file: string): Promise<EmbeddedPostgres | undefined> {
  const known = readConnection(file)
  return known && (await answers(known)) ? attached(known, true) : undefined
}

/** A Postgres that was started by somebody who was killed before they could write its port down. */
async function adopt(file: string): Promise<EmbeddedPostgres | undefined> {
  const known = readConnection(file)
  const lock = known && join(known.postgresDir, 'postmaster.pid')
  if (!known || !lock || !existsSync(lock)) return undefined
  // Line 4 of postmaster.pid is the port.
  const running = { ...known, port: Number(readFileSync(lock, 'utf8').split('\n')[3]) }
  if (!(await answers(running))) return undefined
  await createDatabase(running)
  writeConnection(file, running)
  return attached(running, true)
}

async function launchIn(dir: string, file: string, settings: Record<string, string>): Promise<EmbeddedPostgres> {
  const known = readConnection(file)
  const home = await postgresHome(dir)
  const connection = existsSync(join(home.dataDir, 'PG_VERSION')) && known ? known : initialise(home, file)
  for (let tries = 1; ; tries++) {
    // The port it had, so that processes which still run find it again after a crash. It may be taken, even between
    // our look and Postgres's bind; then another is tried.
    const running = { ...connection, port: await freePort(tries === 1 ? connection.port : 0) }
    const child = launch(home, running.port, settings)
    if (await ready(running, child)) {
      // In this order: whoever reads the port may log in as the application's role.
      await createDatabase(running)
      writeConnection(file, running)
      return attached(running, false)
    }
    if (tries === 3) throw new Error(`Postgres did not start. Its log: ${home.logFile}\n${tail(home.logFile)}`)
  }
}

function attached(connection: Connection, adopted: boolean): EmbeddedPostgres {
  const adminUrl = urlOf('postgres', connection.adminPassword, connection.port, 'postgres')
  return {
    url: urlOf('leadnest', connection.password, connection.port, 'leadnest'),
    adminUrl,
    postgresDir: connection.postgresDir,
    home: dirname(connection.postgresDir),
    adopted,
    stop: ({ evenIfOthersRemain = false } = {}) => stop(connection, adminUrl, evenIfOthersRemain),
  }
}

function urlOf(user: string, password: string, port: number, database: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}?application_name=${encodeURIComponent(applicationName)}`
}

function initialise(home: PostgresHome, file: string): Connection {
  if (existsSync(join(home.dataDir, 'PG_VERSION')))
    throw new Error(
      `${home.dataDir} holds a database, but ${file} is missing, so nobody knows its password. Restore that file, or move both away to begin anew.`,
    )
  // Made aside and renamed when its password is written down, so that a half-made one is never taken for a whole one.
  const made = `${home.dataDir}.new`
  for (const path of [made, home.dataDir]) rmSync(path, { recursive: true, force: true })
  home.makeDir(made)
  const connection = { port: 0, password: secret(), adminPassword: secret(), postgresDir: home.dataDir }
  const passwordFile = home.writeForPostgres('initdb-password', connection.adminPassword)
  const options = [
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
    '--no-instructions',
  ]
  const initdb = join(home.binDir, 'initdb')
  const { status, stderr, error } = spawnSync(initdb, ['-D', made, ...options], { ...home.runAs, encoding: 'utf8' })
  rmSync(passwordFile)
  if (status !== 0) throw new Error(`initdb failed: ${stderr || error?.message}`)
  writeConnection(file, connection)
  renameSync(made, home.dataDir)
  return connection
}

/** The log of Postgres tells what went wrong, and neither the rows nor the statements that it was about. */
const quiet = { log_error_verbosity: 'terse', log_min_error_statement: 'panic', log_parameter_max_length_on_error: '0' }

/** New files of its log need not be written full of zeros first: all commits wait for these 16 MB, several times in an import of 100,000 rows. */
const fast = { wal_init_zero: 'off' }

function launch(home: PostgresHome, port: number, settings: Record<string, string>) {
  const log = openSync(home.logFile, 'a', 0o600)
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    ...quiet,
    ...fast,
    ...settings,
  }
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // A session of its own: Ctrl-C in the terminal is for the server, which drains first and stops Postgres last.
  const child = spawn(join(home.binDir, 'postgres'), ['-D', home.dataDir, ...args], {
    ...home.runAs,
    detached: true,
    stdio: ['ignore', log, log],
  })
  child.unref()
  return child
}

/** True once it takes connections; false when it ended instead. */
async function ready(connection: Connection, child: ReturnType<typeof spawn>): Promise<boolean> {
  let ended = false
  child.once('exit', () => (ended = true))
  child.once('error', () => (ended = true))
  for (const deadline = Date.now() + 60_000; Date.now() < deadline && !ended; ) {
    if (await answers(connection)) return true
    await new Promise((done) => setTimeout(done, 20))
  }
  return false
}

/** Whether the Postgres that we know listens there; another one would refuse our password. */
async function answers({ port, adminPassword }: Connection): Promise<boolean> {
  const client = new pg.Client({
    connectionString: urlOf('postgres', adminPassword, port, 'postgres'),
    connectionTimeoutMillis: 2000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

async function createDatabase(connection: Connection): Promise<void> {
  await asAdmin(urlOf('postgres', connection.adminPassword, connection.port, 'postgres'), async (client) => {
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = 'leadnest') as role, exists (select from pg_database where datname = 'leadnest') as database`,
    )
    if (!rows[0]?.role) await client.query(`create role leadnest login createdb password '${connection.password}'`)
    if (!rows[0]?.database) await client.query('create database leadnest owner leadnest')
  })
}

async function stop(connection: Connection, adminUrl: string, evenIfOthersRemain: boolean): Promise<void> {
  await asAdmin(adminUrl, async (client) => {
    // Two that leave at once must not each take the other for somebody who stays.
    await client.query('select pg_advisory_lock(5136471)')
    // Our own do not count: a pool has ended before its connections are gone.
    const { rows } = await client.query(
      `select from pg_stat_activity where application_name like 'leadnest%' and application_name <> $1 and backend_type = 'client backend' limit 1`,
      [applicationName],
    )
    if (rows.length > 0 && !evenIfOthersRemain) return
    const pid = Number(readFileSync(join(connection.postgresDir, 'postmaster.pid'), 'utf8').split('\n')[0])
    process.kill(pid, 'SIGINT') // Postgres's fast shutdown
    await ended(pid)
  }).catch((error: unknown) => {
    // It is gone already, which is what was wanted.
    if (
      error instanceof Error &&
      /ECONNREFUSED|ESRCH|ENOENT|terminat|57P01/.test(`${error.message} ${'code' in error ? error.code : ''}`)
    )
      return
    throw error
  })
}

async function ended(pid: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline && isRunning(pid); ) {
    await new Promise((done) => setTimeout(done, 10))
  }
}

async function asAdmin(connectionString: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

function readConnection(file: string): Connection | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Connection) : undefined
}

/** By rename, so that a reader never sees half of it. */
function writeConnection(file: string, connection: Connection): void {
  writeFileSync(`${file}.new`, JSON.stringify(connection, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** The preferred port if nobody has it. */
function freePort(preferred = 0): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', (error) => (preferred ? done(freePort()) : fail(error)))
    server.listen(preferred, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })
}

/** Of several processes that start at once one makes and starts Postgres; the others wait and attach to it. */
async function alone<T>(lock: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (isStale(lock)) rmSync(lock, { force: true })
      else await new Promise((done) => setTimeout(done, 50))
    }
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Left behind by a process that was killed. After a minute it counts as that even if its number lives on in another one. */
function isStale(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    return Date.now() - statSync(lock).mtimeMs > 60_000 || (pid > 0 && (pid === process.pid || !isRunning(pid)))
  } catch {
    return false // It is gone already.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join('\n') : ''
}

const secret = () => randomBytes(24).toString('hex')
