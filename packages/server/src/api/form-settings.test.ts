import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
const trial = {
  slug: 'trial',
  name: 'Free trial',
  fields: [
    { name: 'email', type: 'email', label: 'E-mail', required: true },
    { name: 'plan', type: 'select', label: 'Plan', options: [{ value: 'pro', label: 'Pro' }] },
  ],
}

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
})
afterAll(() => server.close())

const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })

test('a form that was made is drawn, sent and listed, and what it asks becomes a field', async () => {
  const made = await ask('POST /v1/forms', { ...trial, origins: ['https://shop.example/trial?a=b'] })
  expect([made.status, made.json]).toEqual([
    201,
    expect.objectContaining({ slug: 'trial', version: 1, language: 'en', origins: ['https://shop.example'] }),
  ])
  expect((await ask('GET /v1/fields')).json.data).toContainEqual(
    expect.objectContaining({ key: 'plan', type: 'select' }),
  )

  const sent = await server.request('POST /v1/forms/trial/submissions', {
    key,
    body: { fields: { email: 'trial@example.com', plan: 'pro' } },
  })
  expect(sent.json.status).toBe('accepted')
  expect((await ask('GET /v1/leads?email=trial@example.com')).json.data[0].fields).toEqual({ plan: 'pro' })
  expect((await ask('GET /v1/forms')).json.data.map(({ slug }: { slug: string }) => slug)).toEqual(['contact', 'trial'])
  expect((await ask(`GET /v1/forms/${made.json.id}/definition`)).json).toEqual(made.json)
})

test('a change of what visitors see is a new version, and is seen at once', async () => {
  const [form] = (await ask('GET /v1/forms')).json.data
  const fields = [...form.fields, { name: 'budget', type: 'text', label: 'Budget' }]
  const changed = await ask(`PATCH /v1/forms/${form.id}`, { fields, submitLabel: 'Go' })
  expect(changed.json).toMatchObject({ version: form.version + 1, submitLabel: 'Go', name: form.name })
  expect((await server.request('GET /v1/forms/contact')).json).toMatchObject({ version: form.version + 1 })

  const slower = await ask('PATCH /v1/forms/contact', { minFillSeconds: 5 })
  expect(slower.json).toMatchObject({ version: form.version + 1, minFillSeconds: 5 })
})

test('a change is one event with what is different, and none where nothing is', async () => {
  const [form] = (await ask('GET /v1/forms')).json.data
  const { nextCursor } = (await ask('GET /v1/events?after=now')).json
  await ask(`PATCH /v1/forms/${form.id}`, { successMessage: 'Thanks!' })
  await ask(`PATCH /v1/forms/${form.id}`, { successMessage: 'Thanks!', minFillSeconds: form.minFillSeconds })
  // On a Postgres that other tests share the horizon of events may lie far back: earlier ones come too, and all come late.
  const pull = async () => {
    const { data } = (await ask(`GET /v1/events?type=form.updated&wait=5&after=${encodeURIComponent(nextCursor)}`)).json
    return data.filter((event: { data: { changes: object } }) => 'successMessage' in event.data.changes)
  }
  await expect.poll(pull, { timeout: 15_000 }).toEqual([
    expect.objectContaining({
      type: 'form.updated',
      data: { formId: form.id, formName: form.name, changes: { successMessage: [form.successMessage, 'Thanks!'] } },
    }),
  ])
})

test.each([
  ['slug', { slug: 'Big Slug' }],
  ['slug', { slug: 'contact' }, 'name_taken'],
  ['name', { name: ' ' }],
  ['fields', { fields: [] }],
  ['fields', { fields: [trial.fields[0], trial.fields[0]] }],
  ['fields', { fields: [{ name: 'plan', type: 'select', label: 'Plan' }] }],
  ['fields', { fields: [{ name: 'a', type: 'text', label: 'A', options: [{ value: 'b', label: 'B' }] }] }],
  ['fields.0.name', { fields: [{ name: '_token', type: 'text', label: 'A' }] }],
  ['fields.0.type', { fields: [{ name: 'a', type: 'color', label: 'A' }] }],
  ['language', { language: 'English' }],
  ['minFillSeconds', { minFillSeconds: 1.5 }],
  ['origins.1', { origins: ['https://a.example', 'b.example'] }],
  ['version', { version: 7 }],
])('%s is refused where it is wrong: %j', async (path, wrong, code = 'invalid_input') => {
  const { json } = await ask('POST /v1/forms', { ...trial, slug: 'wrong', ...wrong })
  expect([json.code, json.errors[0].path]).toEqual([code, path])
  expect((await ask('GET /v1/forms')).json.data).toHaveLength(2)
})
