import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const leadnest = fileURLToPath(new URL('../../packages/server/bin/leadnest.mjs', import.meta.url))
const csv = new URL('../../packages/plugins/csv/dist/index.js', import.meta.url).href
/** As `npm start` has it. */
const flags = ['--max-semi-space-size=8']

/** A server with its worker, as a process of its own. */
export interface Server {
  url: string
  headers: { authorization: string }
  /** In MiB, without Postgres; Linux tells it. */
  memory(): number
}

/** Whatever becomes of the work, the process ends with it. */
export async function withServer<T>(databaseUrl: string, work: (server: Server) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'leadnest-bench-server-'))
  writeFileSync(
    join(folder, 'leadnest.config.mjs'),
    `import { csv } from ${JSON.stringify(csv)}\nexport default { plugins: [csv()] }`,
  )
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    PORT: '0',
    DATABASE_URL: databaseUrl,
    LEADNEST_DATA_DIR: join(folder, 'data'),
    RATE_LIMIT_PER_MINUTE: '0',
    RATE_LIMIT_SUBMIT_PER_MINUTE: '0',
    RATE_LIMIT_IMPORT_PER_MINUTE: '0',
  }
  const child = spawn(process.execPath, [...flags, leadnest, 'start'], { cwd: folder, env })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  try {
    const url = await addressOf(child)
    const scopes = ['--scopes', 'leads:read,leads:write,privacy:read']
    const made = await promisify(execFile)(process.execPath, [leadnest, 'key', 'create', 'Bench', ...scopes], {
      cwd: folder,
      env,
    })
    return await work({
      url,
      headers: { authorization: `Bearer ${made.stdout.trim()}` },
      memory: () => memoryOf(child.pid!),
    })
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      const late = setTimeout(kill, 15_000)
      child.kill('SIGTERM')
      await once(child, 'exit')
      clearTimeout(late)
    }
    process.off('exit', kill)
    await rm(folder, { recursive: true, force: true })
  }
}

/** Resolves once it takes requests. */
async function addressOf(child: ChildProcess): Promise<string> {
  let output = ''
  const ended = once(child, 'close').then(() => {
    throw new Error(`The server ended:\n${output}`)
  })
  const said = new Promise<string>((done) => {
    const add = (data: Buffer) => {
      output += data
      const [, url] = /URL +(http:\/\/\S+)[\s\S]*Stop with/.exec(output) ?? []
      if (url) done(url)
    }
    child.stdout!.on('data', add)
    child.stderr!.on('data', add)
  })
  return Promise.race([said, ended])
}

function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
  } catch {
    return Number.NaN
  }
}

/** What the work answered, how long it took, and by how much memory grew meanwhile at most. */
export async function watched<T>({ memory }: Server, work: () => Promise<T>) {
  const before = memory()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, memory())
  }, 100)
  const begin = performance.now()
  try {
    const result = await work()
    return { result, seconds: (performance.now() - begin) / 1000, growth: most - before }
  } finally {
    clearInterval(timer)
  }
}
