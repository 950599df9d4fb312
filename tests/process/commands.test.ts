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

test('keys have an end and sites, are listed without their secret, and are revoked', async () => {
  const nest = newNest()
  const server = await nest.start()
  const [secret, page] = await Promise.all([
    nest.run(['key', 'create', 'CRM', '--expires', '2099-01-31']),
    nest.run(['key', 'create', 'Shop', '--publishable', '--origins', 'https://shop.example, https://www.shop.example']),
  ])
  expect([secret.code, page.code]).toEqual([0, 0])
  const [key, pageKey] = [secret.output.trim(), page.output.trim()]
  const sent = async (origin: string) => (await fetch(`${server.url}/v1/forms/contact`, at(pageKey, { origin }))).status
  expect([await sent('https://www.shop.example'), await sent('https://evil.example')]).toEqual([200, 403])
  expect(await client(server.url, key).leads()).toEqual([])

  const { output } = await nest.run(['key', 'list'])
  expect(output).not.toContain(key)
  expect(output).toMatch(/ {2}secret {2}….{4} {2}CRM {2}leads:read,\S+ {2}until 2099-01-31T00:00:00.000Z {2}used /)
  expect(output).toMatch(/ {2}publishable {2}….{4} {2}Shop {2}- {2}active {2}/)

  const [id] = output
    .split('\n')
    .find((line) => line.includes('CRM'))!
    .split('  ')
  expect(await nest.run(['key', 'revoke', id!])).toMatchObject({ code: 0, output: '' })
  await expect.poll(async () => (await fetch(`${server.url}/v1/leads`, at(key))).status).toBe(401)
  expect((await nest.run(['key', 'list'])).output).toMatch(/CRM .* revoked \d{4}-/)

  const [again, day, origins] = await Promise.all([
    nest.run(['key', 'revoke', id!]),
    nest.run(['key', 'create', 'X', '--expires', 'soon']),
    nest.run(['key', 'create', 'X', '--origins', 'https://shop.example']),
  ])
  expect(again).toMatchObject({ code: 1, output: 'There is no such key.\n' })
  expect(day).toMatchObject({ code: 1, output: expect.stringMatching(/^--expires: got “soon”; expected .*\n$/) })
  expect(origins).toMatchObject({ code: 1, output: expect.stringMatching(/^origins: /m) })
})

test('somebody is shut out, let in again, and sets a new password by a link, once', async () => {
  const nest = newNest()
  const server = await nest.start()
  const email = 'ada@example.com'
  const unknown = await nest.run(['user', 'disable', email])
  expect(unknown).toMatchObject({ code: 1, output: `There is no user ${email}.\n` })
  await nest.run(['user', 'create', email], { input: `${password}\n` })

  expect(await nest.run(['user', 'disable', email])).toMatchObject({ code: 0, output: '' })
  expect(await signIn(server.url, email)).toBe(401)
  expect(await nest.run(['user', 'enable', email])).toMatchObject({ code: 0, output: '' })
  expect(await signIn(server.url, email)).toBe(200)

  const { code, output } = await nest.run(['user', 'reset-link', email], { env: { PUBLIC_BASE_URL: server.url } })
  expect([code, output]).toEqual([0, expect.stringMatching(new RegExp(`^${server.url}/admin/reset\\?token=\\S+\n$`))])
  const token = new URL(output.trim()).searchParams.get('token')!
  const reset = (next: string) =>
    fetch(`${server.url}/admin/reset`, {
      method: 'POST',
      headers: { origin: server.url },
      body: new URLSearchParams({ token, password: next }),
      redirect: 'manual',
    })
  expect((await reset('another horse battery')).status).toBe(303)
  expect(await signIn(server.url, email)).toBe(401)
  expect(await signIn(server.url, email, 'another horse battery')).toBe(200)
  expect((await reset('a third horse battery')).status).toBe(403)
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

const at = (key: string, headers: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${key}`, ...headers },
})

async function signIn(url: string, email: string, secret = password): Promise<number> {
  const { status } = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: secret }),
  })
  return status
}

test('a Node in which it does not run is refused in one line, with those in which it does', async () => {
  const nest = newNest()
  const inNode = async (node: string) => {
    const versions = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'${node}'}})`
    const { code, output } = await nest.run(['--help'], {
      env: { NODE_OPTIONS: `--import data:text/javascript,${versions}` },
    })
    return code === 0 ? 'runs' : [code, output]
  }
  for (const old of ['20.20.2', '22.18.0', '23.11.0', '24.10.0', '25.1.0'])
    expect(await inNode(old)).toEqual([
      1,
      `LeadNest needs Node ^22.19 || ^24.11 || >=26, and this is ${old} (${process.execPath}).\n`,
    ])
  for (const fit of ['22.19.0', '24.11.1', '26.0.0', '27.1.0']) expect(await inNode(fit)).toBe('runs')
}, 60_000)
