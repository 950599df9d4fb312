import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'

const leadnest = fileURLToPath(new URL('../../packages/server/bin/leadnest.mjs', import.meta.url))

type Environment = Record<string, string>

/** One run of the command line. */
export interface Command {
  pid: number
  /** Everything it has written so far, to either stream. */
  output(): string
  /** Resolves with the match once the output has it; rejects with the output when the process ends before that. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves when it has ended. */
  ended: Promise<Ended>
  stop(signal?: NodeJS.Signals): Promise<Ended>
}

interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  output: string
  /** From the call of `stop`, or from the start. */
  ms: number
}

/** One installation with a folder of its own: its data, its configuration, its processes. */
export interface Nest {
  folder: string
  dataDir: string
  /** Begins `leadnest …`; `group` gives it a process group of its own, as a shell does. */
  begin(args: string[], options?: { env?: Environment; input?: string; group?: boolean }): Command
  /** Runs `leadnest …` to its end. */
  run(args: string[], options?: { env?: Environment; input?: string }): Promise<Ended>
  /** Starts a server on a free port and waits until it takes requests. */
  start(args?: string[], options?: { env?: Environment; group?: boolean }): Promise<Server>
  worker(): Promise<Command>
  /** Lets a plugin note each captured lead in a file; returns the way to read the ids. `before` is code that runs first. */
  notesLeads(before?: string): () => string[]
  postgres(): { pid: number; alive: boolean; dir: string }
}

export interface Server extends Command {
  url: string
  /** The status of /readyz; 0 when nothing answers. */
  ready(): Promise<number>
}

/** Removed after the test with all it started, whatever became of that. `program` is another LeadNest than this checkout's. */
export function newNest(env: Environment = {}, program = (_folder: string) => leadnest): Nest {
  const folder = mkdtempSync(join(tmpdir(), 'leadnest-process-'))
  // So that Postgres, which does not run as root, may enter.
  chmodSync(folder, 0o711)
  const dataDir = join(folder, 'data')
  const base = {
    PATH: process.env.PATH!,
    HOME: folder,
    PORT: '0',
    LEADNEST_DATA_DIR: dataDir,
    RATE_LIMIT_PER_MINUTE: '0',
    RATE_LIMIT_SUBMIT_PER_MINUTE: '0',
    ...env,
  }
  const children: ChildProcess[] = []

  const begin: Nest['begin'] = (args, { env, input, group = false } = {}) => {
    const child = spawn(process.execPath, [program(folder), ...args], {
      cwd: folder,
      env: { ...base, ...env },
      detached: group,
    })
    children.push(child)
    // A command that ends before it has read everything is no fault of ours.
    child.stdin!.on('error', () => undefined).end(input)
    return watch(child)
  }

  const nest: Nest = {
    folder,
    dataDir,
    begin,
    run: (args, options) => begin(args, options).ended,
    async start(args = [], options) {
      const server = begin(['start', ...args], options)
      const [, url] = await server.says(/URL +(http:\/\/\S+)[\s\S]*Stop with/)
      return { ...server, url: url!, ready: () => statusOf(`${url}/readyz`) }
    },
    async worker() {
      const worker = begin(['worker'])
      await worker.says(/the worker runs/)
      return worker
    },
    notesLeads(before = '') {
      const file = join(folder, 'noted')
      const handler = `async 'lead.captured'(event) { ${before}; appendFileSync(${JSON.stringify(file)}, event.leadId + '\\n') }`
      writeFileSync(
        join(folder, 'leadnest.config.mjs'),
        `import { appendFileSync, existsSync } from 'node:fs'
        export default { plugins: [{ id: 'notes', name: 'Notes', on: { ${handler} } }] }`,
      )
      return () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])
    },
    postgres() {
      const { postgresDir: dir } = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8'))
      const file = join(dir, 'postmaster.pid')
      const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
      return { pid, alive: pid > 0 && isAlive(pid), dir }
    },
  }
  onTestFinished(() => remove(nest, children))
  return nest
}

async function remove(nest: Nest, children: ChildProcess[]): Promise<void> {
  const left = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  for (const child of left) child.kill('SIGKILL')
  await Promise.all(left.map((child) => once(child, 'exit')))
  if (existsSync(join(nest.dataDir, 'postgres.json'))) {
    const { pid, alive, dir } = nest.postgres()
    if (alive) process.kill(pid, 'SIGQUIT')
    await expect.poll(() => alive && isAlive(pid), { timeout: 10_000 }).toBe(false)
    rmSync(dirname(dir), { recursive: true, force: true })
  }
  rmSync(nest.folder, { recursive: true, force: true })
}

function watch(child: ChildProcess): Command {
  let output = ''
  let since = performance.now()
  const add = (data: Buffer) => {
    output += data
    child.emit('said')
  }
  child.stdout!.on('data', add)
  child.stderr!.on('data', add)
  const ended = new Promise<Ended>((done) =>
    child.once('close', (code, signal) => done({ code, signal, output, ms: performance.now() - since })),
  )
  return {
    pid: child.pid!,
    output: () => output,
    ended,
    says: (pattern) =>
      new Promise((done, fail) => {
        const look = () => {
          const match = pattern.exec(output)
          if (match) done(match)
        }
        child.on('said', look)
        child.once('close', () => fail(new Error(`It ended without saying ${pattern}:\n${output}`)))
        look()
      }),
    stop(signal = 'SIGTERM') {
      since = performance.now()
      child.kill(signal)
      return ended
    },
  }
}

/** Fast shutdown of an embedded Postgres, and the way to start the same one again at the same port. */
export async function stopPostgres(nest: Nest): Promise<() => void> {
  const { pid, dir } = nest.postgres()
  const [program, ...args] = readFileSync(join(dir, 'postmaster.opts'), 'utf8')
    .trim()
    .split(' "')
    .map((part) => part.replace(/"$/, ''))
  const { uid, gid } = statSync(dir)
  process.kill(pid, 'SIGINT')
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
  return () => {
    const own = process.getuid!() === 0 ? { uid, gid } : {}
    spawn(program!, args, { ...own, cwd: '/', detached: true, stdio: 'ignore', env: { LC_ALL: 'C.UTF-8' } }).unref()
  }
}

/** Whether a process runs; one that ended and that nobody has waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^Z/.test(execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }))
  } catch {
    return false
  }
}

async function statusOf(url: string): Promise<number> {
  return fetch(url).then(
    (answer) => answer.arrayBuffer().then(() => answer.status),
    () => 0,
  )
}

/** What a program with a secret key does. */
export async function clientOf(nest: Nest, { url }: { url: string }) {
  const { output, code } = await nest.run(['key', 'create', 'Test'])
  if (code !== 0) throw new Error(output)
  return client(url, output.trim())
}

export type Client = ReturnType<typeof client>

export function client(url: string, key: string) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const get = async (path: string) => {
    const answer = await fetch(url + path, { headers })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as { data: Row[]; nextCursor: string | null }
  }
  const send = async (email: string, headers: Record<string, string>) => {
    const answer = await fetch(`${url}/v1/forms/contact/submissions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ fields: { name: 'Ada', email } }),
    })
    const body = (await answer.json()) as { id: string; status: string; receipt: string; detail?: string }
    return { status: answer.status, body }
  }
  return {
    key,
    /** Submits the form `contact`; rejects when no whole answer comes. */
    submit: (email: string, idempotencyKey = email) => send(email, { ...headers, 'idempotency-key': idempotencyKey }),
    /** The same as a page of ours does, but without a token: it is held. */
    visit: (email: string) => send(email, { origin: url, 'idempotency-key': email }),
    /** All events of these types. */
    async events(type: string) {
      const all: Row[] = []
      for (let after = ''; ; ) {
        const { data, nextCursor } = await get(
          `/v1/events?limit=200&type=${type}${after && `&after=${encodeURIComponent(after)}`}`,
        )
        all.push(...data)
        if (data.length < 200) return all
        after = nextCursor!
      }
    },
    async leads() {
      const all: Row[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page = await get(`/v1/leads?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
        all.push(...page.data)
        cursor = page.nextCursor
      }
      return all
    },
    timeline: async (leadId: string) => (await get(`/v1/leads/${leadId}/timeline?limit=200`)).data,
  }
}

export interface Row {
  id: string
  type: string
  email: string
  name: string
  leadId: string
  data: { submissionId: string }
}

const owner = { email: 'owner@example.com', password: 'correct horse battery' }
export const ownerEnv = { LEADNEST_ADMIN_EMAIL: owner.email, LEADNEST_ADMIN_PASSWORD: owner.password }

/** A lead can be submitted, its job is run, an open page hears of it. */
export async function everythingWorks(name: string, client: Client, noted: () => string[], page: () => number) {
  const [jobs, news] = [noted().length, page()]
  await expect.poll(() => client.submit(`${name}@example.com`), { timeout: 15_000 }).toMatchObject({ status: 201 })
  await expect.poll(page, { timeout: 15_000, message: 'the live feed' }).toBeGreaterThan(news)
  await expect.poll(() => noted().length, { timeout: 15_000, message: 'the worker' }).toBeGreaterThan(jobs)
}

/** An open page of the admin; returns how often it was told of a lead. */
export async function openPage({ url }: Server): Promise<() => number> {
  const signedIn = await fetch(`${url}/admin/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url },
    body: new URLSearchParams(owner),
  })
  expect(signedIn.status).toBe(303)
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
  let heard = ''
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const listen = async () => {
    const { body } = await fetch(`${url}/admin/live`, { headers: { cookie }, signal: closing.signal })
    for await (const part of body!.pipeThrough(new TextDecoderStream())) heard += part
  }
  const keepListening = async () => {
    while (!closing.signal.aborted) {
      await listen().catch(() => undefined)
      // As a browser does when a stream ends, only sooner.
      await new Promise((done) => setTimeout(done, 100))
    }
  }
  void keepListening()
  await expect.poll(() => heard).toContain('ready')
  return () => heard.split('event: lead').length
}
