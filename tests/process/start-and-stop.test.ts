import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { clientOf, isAlive, newNest } from './spawned.ts'

test('the first start says where everything is, and the second one still has the data', async () => {
  const nest = newNest()
  const first = await nest.start()
  const said = first.output()
  const port = new URL(first.url).port
  expect(said).toContain(`Demo    http://localhost:${port}/demo`)
  const { dir } = nest.postgres()
  // In a clone that only root may enter, Postgres has its place elsewhere.
  expect(said).toContain(`Data    ${dir.startsWith(nest.folder) ? 'data/postgres' : dir}\n`)
  expect(said).not.toContain('was already running')
  const link = /Admin {3}(\S+)/.exec(said)![1]!.replace('localhost', '127.0.0.1')
  expect((await fetch(link)).status).toBe(200)
  expect((await fetch(`${first.url}/demo`)).status).toBe(200)
  expect(await first.ready()).toBe(200)
  const client = await clientOf(nest, first)
  await client.submit('ada@example.com')

  const postgres = nest.postgres()
  const stopped = await first.stop('SIGTERM')
  expect(stopped).toMatchObject({ code: 0, signal: null })
  expect(stopped.ms).toBeLessThan(10_000)
  expect(isAlive(postgres.pid)).toBe(false)

  const began = performance.now()
  const second = await nest.start()
  // Anew it takes a second of initdb more; the machine may be busy, hence the slack.
  expect(performance.now() - began).toBeLessThan(5000)
  const again = await fetch(`${second.url}/v1/leads`, { headers: { authorization: `Bearer ${client.key}` } })
  expect((await again.json()).data).toMatchObject([{ email: 'ada@example.com' }])
})

test('Ctrl-C reaches the whole process group, and Postgres outlives the server all the same', async () => {
  const nest = newNest()
  const server = await nest.start([], { group: true })
  const client = await clientOf(nest, server)
  const { pid, dir } = nest.postgres()

  process.kill(-server.pid, 'SIGINT')
  // npm passes on what the terminal has sent already.
  process.kill(-server.pid, 'SIGINT')
  const { code, output } = await server.ended
  expect(code).toBe(0)
  expect(isAlive(pid)).toBe(false)
  expect(output.match(/"level":[456]0/g)).toBeNull()
  expect(readFileSync(join(dirname(dir), 'postgres.log'), 'utf8')).toMatch(/database system is shut down\s*$/)
  await expect(client.leads()).rejects.toThrow()
})

test('a Ctrl-C during the start leaves nothing running', async () => {
  const nest = newNest()
  const server = nest.begin(['start'], { env: { LOG_LEVEL: 'debug' }, group: true })
  await expect.poll(() => postgresOf(nest), { timeout: 10_000 }).toBe(true)
  process.kill(-server.pid, 'SIGINT')
  await server.ended
  expect(postgresOf(nest)).toBe(false)
})

test('a request that is under way when the stop comes is answered, and its connection ends with the answer', async () => {
  const nest = newNest()
  const server = await nest.start()
  const { key } = await clientOf(nest, server)
  const body = JSON.stringify({ fields: { name: 'Ada', email: 'ada@example.com' } })
  const request = httpRequest(`${server.url}/v1/forms/contact/submissions`, {
    method: 'POST',
    agent: new Agent({ keepAlive: true }),
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': body.length,
      expect: '100-continue',
    },
  })
  request.flushHeaders()
  await once(request, 'continue')
  const stopped = server.stop('SIGTERM')
  await server.says(/"stopping"/)
  expect(await server.ready()).toBe(0)
  request.end(body)
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(201)
  expect(answer.headers.connection).toBe('close')
  answer.resume()
  expect(await stopped).toMatchObject({ code: 0 })
  expect((await stopped).ms).toBeLessThan(4000)
})

test('a second server on the same data is refused in one line, and the first goes on', async () => {
  const nest = newNest()
  const first = await nest.start()
  const second = await nest.run(['start'])
  expect(second.code).toBe(1)
  expect(second.output.trim()).toMatch(/^.*already running on the data in \/.*LEADNEST_DATA_DIR.*$/)
  expect(await first.ready()).toBe(200)
  expect(nest.postgres().alive).toBe(true)
})

test('a taken port is told in one line that names PORT, before a database is made', async () => {
  const nest = newNest()
  const other = createServer()
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
  const { port } = other.address() as { port: number }

  const { code, output } = await nest.run(['start'], { env: { PORT: String(port) } })
  other.close()
  expect(code).toBe(1)
  expect(output.trim()).toMatch(new RegExp(`^PORT: ${port} is taken.*$`))
  expect(readdirSync(nest.dataDir)).toEqual(['secrets.json'])
})

test('wrong configuration is told in one line for each variable, without a secret, and nothing is made', async () => {
  const nest = newNest()
  const env = {
    PORT: '80x',
    DATABASE_URL: 'mysql://root:hunter22@db/leads',
    LEADNEST_SECRET_KEY: 'hunter33',
    JWT_ACCESS_TTL_MINUTES: '600',
    PUBLIC_BASE_URL: 'leads.example.com',
    LEADNEST_ADMIN_PASSWORD: 'hunter44',
  }
  const { code, output } = await nest.run(['start'], { env })
  expect(code).toBe(1)
  const lines = output.trim().split('\n')
  expect(lines.map((line) => line.split(':')[0]).sort()).toEqual(
    [
      'DATABASE_URL',
      'JWT_ACCESS_TTL_MINUTES',
      'LEADNEST_ADMIN_EMAIL',
      'LEADNEST_SECRET_KEY',
      'PORT',
      'PUBLIC_BASE_URL',
    ].sort(),
  )
  expect(output).not.toContain('hunter')
  expect(readdirSync(nest.folder)).toEqual([])
})

test('production refuses to make up its secrets', async () => {
  const nest = newNest({ NODE_ENV: 'production' })
  const { code, output } = await nest.run(['start'])
  expect(code).toBe(1)
  expect(output).toMatch(/^LEADNEST_SECRET_KEY: not set/m)
  expect(output).toMatch(/^JWT_SECRET: not set/m)
  expect(readdirSync(nest.folder)).toEqual([])
})

function postgresOf(nest: ReturnType<typeof newNest>): boolean {
  try {
    return nest.postgres().alive
  } catch {
    return false
  }
}
