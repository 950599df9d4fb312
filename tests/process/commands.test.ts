import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { client, clientOf, isAlive, newNest } from './spawned.ts'

const password = 'correct horse battery'

/** Each account command, with what it must do. */
async function tryCommands(nest: ReturnType<typeof newNest>, email: string) {
  const key = await nest.run(['key', 'create', 'CRM'])
  expect(key).toMatchObject({ code: 0, output: expect.stringMatching(/^ln_sk_\S+\n$/) })
  const user = await nest.run(['user', 'create', email, '--role', 'admin'], { input: `${password}\n` })
  expect(user).toMatchObject({ code: 0, output: expect.stringContaining(`  ${email}  admin`) })
  const workspace = await nest.run(['workspace', 'create', 'Second', '--owner', email])
  expect(workspace).toMatchObject({ code: 0, output: expect.stringContaining('  Second') })
  const status = await nest.run(['migrate', 'status'])
  expect(status).toMatchObject({ code: 0, output: expect.stringMatching(/^(applied \d{4}_\w+\.sql\n)+$/) })
  return key.output.trim()
}

test('commands work with no server, on a Postgres that runs only as long as they do', async () => {
  const nest = newNest()
  expect(await nest.run(['migrate', 'status'])).toMatchObject({ code: 0, output: expect.stringMatching(/^pending/) })
  expect(nest.postgres().alive).toBe(false)
  const key = await tryCommands(nest, 'ada@example.com')
  expect(nest.postgres().alive).toBe(false)

  const server = await nest.start()
  expect(await client(server.url, key).leads()).toEqual([])
  expect(await signIn(server.url, 'ada@example.com')).toBe(200)
})

test('commands work while the server runs, and leave its Postgres alone', async () => {
  const nest = newNest()
  const server = await nest.start()
  const { pid } = nest.postgres()
  const key = await tryCommands(nest, 'ben@example.com')
  expect(nest.postgres()).toMatchObject({ pid, alive: true })
  expect(await server.ready()).toBe(200)
  expect((await client(server.url, key).submit('ada@example.com')).status).toBe(201)
  expect(await signIn(server.url, 'ben@example.com')).toBe(200)
})

test('a wrong command is told in words and leaves no Postgres', async () => {
  const nest = newNest()
  const weak = await nest.run(['user', 'create', 'ada@example.com'], { input: 'short\n' })
  expect(weak).toMatchObject({ code: 1, output: expect.stringMatching(/^password: .*8/m) })
  const role = await nest.run(['user', 'create', 'ada@example.com', '--role', 'boss'], { input: `${password}\n` })
  expect(role).toMatchObject({ code: 1, output: expect.stringMatching(/^--role: got “boss”; expected .*\n$/) })
  expect(await nest.run(['user', 'create', 'ada@example.com'])).toMatchObject({ code: 1 })
  expect(nest.postgres().alive).toBe(false)
})

test('servers and workers of a fresh installation that begin at the same moment share one Postgres', async () => {
  const nest = newNest()
  const [server, worker, status] = await Promise.all([
    nest.start(['--no-worker']),
    nest.worker(),
    nest.run(['key', 'create', 'CRM']),
  ])
  expect(status).toMatchObject({ code: 0 })
  expect((await client(server.url, status.output.trim()).submit('ada@example.com')).status).toBe(201)
  expect(await worker.stop()).toMatchObject({ code: 0 })
  expect(await server.stop()).toMatchObject({ code: 0 })
  expect(nest.postgres().alive).toBe(false)
})

test('`start --no-worker` leaves the jobs to `worker`, and the last of both stops Postgres', async () => {
  const nest = newNest()
  const noted = nest.notesLeads(`appendFileSync('ran-in', process.pid + '\\n')`)
  const server = await nest.start(['--no-worker'])
  const { submit, leads } = await clientOf(nest, server)
  await submit('early@example.com')
  expect(await server.ready()).toBe(200)

  const worker = await nest.worker()
  await expect.poll(noted, { timeout: 5000 }).toHaveLength(1)
  await submit('late@example.com')
  await expect.poll(noted, { timeout: 5000 }).toHaveLength(2)
  expect(noted().sort()).toEqual((await leads()).map(({ id }) => id).sort())
  expect(readFileSync(join(nest.folder, 'ran-in'), 'utf8')).toBe(`${worker.pid}\n${worker.pid}\n`)

  const { pid } = nest.postgres()
  expect(await server.stop()).toMatchObject({ code: 0 })
  expect(isAlive(pid)).toBe(true)
  expect(await worker.stop()).toMatchObject({ code: 0 })
  expect(isAlive(pid)).toBe(false)
})

async function signIn(url: string, email: string): Promise<number> {
  const { status } = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  return status
}
