import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf, origin, owner, signInOwner } from '../../../../server/src/admin/testing/open-admin.ts'
import { type OpenWebhooks, openWebhooks } from '../testing/open.ts'
import { verify } from '../testing/receiver.ts'

let hooks: OpenWebhooks
let cookie: { cookie: string }
const home = '/admin/plugins/webhooks'

beforeAll(async () => {
  hooks = await openWebhooks()
  cookie = await signInOwner({ nest: hooks.nest, post } as never)
})
afterAll(() => hooks.close())

async function post(path: string, fields: Record<string, string> = {}, headers = cookie ?? {}) {
  const body = new URLSearchParams(fields)
  return hooks.app.request(origin + path, { method: 'POST', body, headers: { origin, ...headers } })
}
const get = async (path: string) => (await hooks.app.request(origin + path, { headers: cookie })).text()
/** Where a form led, as text. */
const follow = async (answer: Response) => {
  expect(answer.status).toBe(303)
  return get(answer.headers.get('location')!)
}

test('an endpoint is added, its secret shown once, tested, edited, turned off and on, and deleted', async () => {
  const receiver = await hooks.receiver()
  const refused = await (
    await post(`${home}/endpoints/new`, { url: 'http://10.0.0.1/', types: 'lead.born', headers: 'host: x' })
  ).text()
  expect(refused).toContain('Name types of events')
  expect(refused).toContain('http://10.0.0.1/')

  const form = { url: receiver.url, description: 'The shop', types: 'lead.created\nnote.*', headers: 'x-key: hush' }
  const made = await (await post(`${home}/endpoints/new`, form)).text()
  const secret = /whsec_[\w+/]+=/.exec(made.replaceAll('&#x3D;', '='))![0]
  const id = /endpoints\/([0-9a-f-]{36})/.exec(made)![1]!
  const page = await get(`${home}/endpoints/${id}`)
  expect(page).toContain('Working')
  expect(page).not.toContain('whsec_')
  expect(await get(home)).toContain('The shop')

  const tested = await follow(await post(`${home}/endpoints/${id}/test`))
  expect(tested).toContain('It was taken.')
  expect(verify(secret, receiver.received[0]!, hooks.nest.now()).type).toBe('webhook.test')
  expect(receiver.received[0]!.headers['x-key']).toBe('hush')

  const saved = await follow(
    await post(`${home}/endpoints/${id}/edit`, { ...form, types: 'lead.*', headers: 'x-key:' }),
  )
  expect(saved).toContain('lead.*')
  expect(saved).not.toContain('x-key')
  expect(await follow(await post(`${home}/endpoints/${id}/disable`))).toContain('somebody turned it off')
  expect(await follow(await post(`${home}/endpoints/${id}/enable`))).toContain('Working')
  const rotated = await (await post(`${home}/endpoints/${id}/rotate`)).text()
  expect(rotated).toContain('whsec_')
  expect(rotated).not.toContain(secret)
  expect(await follow(await post(`${home}/endpoints/${id}/delete`))).toContain('The endpoint is gone')
  const told = await hooks.nest.events('plugin.told')
  expect(told.at(-1)).toMatchObject({ actor: { type: 'user' }, source: 'admin', data: { what: 'endpoint.deleted' } })
})

test.each([
  ['notaurl', '“notaurl” is no address.'],
  ['ftp://files.example.com', 'Use an address that begins with https://.'],
  ['http://10.0.0.1/', 'This address is not on the public internet.'],
])('the form comes back with what was typed where the address is %s, new and edited', async (url, message) => {
  const { id } = await hooks.endpoint({ url: 'http://127.0.0.1:9/' })
  for (const form of ['new', `${id}/edit`]) {
    const answer = await post(`${home}/endpoints/${form}`, { url, description: 'Kept <words>', types: 'lead.*' })
    const shown = await answer.text()
    expect([answer.status, shown.includes('Kept &lt;words&gt;'), shown.includes(`value="${url}"`)]).toEqual([
      422,
      true,
      true,
    ])
    expect(shown).toContain('href="#url"')
    expect(shown).toContain(message)
  }
  expect((await hooks.ask('GET /v1/plugins/webhooks')).json).toMatchObject({ failures: 0, lastError: null })
})

test('a delivery is seen with what was sent and answered, as text, and sent again; so is a range of time', async () => {
  const receiver = await hooks.receiver({ status: 500, body: '<script>alert(1)</script>' })
  const { id } = await hooks.endpoint(receiver, { types: ['lead.created'] })
  await hooks.ask('POST /v1/leads', { email: 'ada@example.com' })
  await hooks.nest.settle()
  const list = await get(`${home}/endpoints/${id}?status=pending`)
  expect(list).toContain('Failing')
  const delivery = /deliveries\/([0-9a-f-]{36})/.exec(list)![1]
  const shown = await get(`${home}/deliveries/${delivery}`)
  expect(shown).toContain('ada@example.com')
  expect(shown).toContain('&lt;script&gt;alert(1)')
  expect(shown).not.toContain('<script>alert')

  receiver.answer(200)
  expect(await follow(await post(`${home}/deliveries/${delivery}/retry`))).toContain('It is being sent again.')
  await hooks.nest.settle()
  expect(await get(`${home}/endpoints/${id}?status=succeeded`)).toContain(delivery)
  const [from, to] = [-3_600_000, 1].map((ms) => new Date(hooks.nest.now().getTime() + ms).toISOString())
  await follow(await post(`${home}/endpoints/${id}/replay`, { from: from!, to: to! }))
  await hooks.nest.settle()
  expect(receiver.received).toHaveLength(3)
  expect(await (await post(`${home}/endpoints/${id}/replay`, { from: 'now', to: to! })).text()).toContain(
    'Use a time such as',
  )
})

test('a viewer looks and changes nothing', async () => {
  const { id } = await hooks.endpoint({ url: 'http://127.0.0.1:9/' })
  await hooks.nest.user({ ...owner, email: 'viewer@nest.test', role: 'viewer' })
  const viewer = cookieOf(await post('/admin/sign-in', { ...owner, email: 'viewer@nest.test' }, {} as never))
  const answer = await hooks.app.request(`${origin}${home}/endpoints/${id}`, { headers: viewer })
  const text = await answer.text()
  expect(text).toContain('http://127.0.0.1:9/')
  expect(text).not.toContain(`${home}/endpoints/${id}/delete`)
  expect((await post(`${home}/endpoints/${id}/delete`, {}, viewer)).status).toBe(403)
  expect((await hooks.ask(`GET /v1/webhook-endpoints/${id}`)).status).toBe(200)
})
