import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { definePlugin, invalid } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'leadnest-fields-'))
const file = join(folder, 'color.js')
writeFileSync(file, "customElements.define('acme-color', class extends HTMLElement {})")
const script = "customElements.define('acme-rating', class extends HTMLElement {})"

const acme = definePlugin({
  id: 'acme',
  name: 'Acme',
  fields: {
    rating: {
      title: 'Stars',
      element: 'acme-rating',
      script,
      settings: v.strictObject({ stars: v.optional(v.number('Give a number.')) }),
      check(value, { stars = 5 }) {
        if (value === 'boom') throw new Error('a bug')
        if (value === 'hang') return new Promise(() => {})
        const score = Number(value)
        if (!(score >= 1 && score <= Number(stars))) throw invalid('', `Give 1 to ${stars} stars.`)
        return String(Math.round(score))
      },
    },
    color: { title: 'Colour', element: 'acme-color', script: pathToFileURL(file), check: () => undefined },
  },
})

let server: TestServer
let key: string
const fields = [
  { name: 'email', type: 'email', label: 'E-mail', required: true },
  { name: 'score', type: 'plugin:acme/rating', label: 'Score', required: true, settings: { stars: 3 } },
  { name: 'color', type: 'plugin:acme/color', label: 'Colour' },
]
const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })

beforeAll(async () => {
  server = await testServer({ plugins: [acme] })
  key = await server.nest.key()
  const made = await ask('POST /v1/forms', { slug: 'stars', name: 'Stars', fields })
  expect(made.status).toBe(201)
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server.close()
})

let n = 0
const send = async (answers: object) => {
  const email = `s${n++}@example.com`
  const sent = await ask('POST /v1/forms/stars/submissions', { fields: { email, ...answers } })
  const [lead] = (await ask(`GET /v1/leads?email=${email}`)).json.data
  return { sent, lead }
}

test('a form publishes what draws the field; its script is served to any page, under an address that changes with it', async () => {
  const { json } = await ask('GET /v1/forms/stars')
  const [, score, color] = json.fields
  expect(score).toMatchObject({ ...fields[1], element: 'acme-rating' })
  expect(score.script).toMatch(/^\/plugins\/acme\/fields\/rating\.[0-9a-f]{12}\.js$/)
  const served = await server.app.request(origin + score.script, { headers: { origin: 'https://anywhere.example' } })
  expect(await served.text()).toBe(script)
  expect(score.integrity).toBe(`sha384-${createHash('sha384').update(script).digest('base64')}`)
  const { headers } = served
  expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(headers.get('cache-control')).toContain('immutable')
  expect([headers.get('access-control-allow-origin'), headers.get('x-content-type-options')]).toEqual(['*', 'nosniff'])
  expect((await server.app.request(origin + color.script)).status).toBe(200)
  expect((await server.app.request(`${origin}/plugins/acme/fields/rating.000000000000.js`)).status).toBe(404)
  // The form as its workspace keeps it knows nothing of scripts.
  expect((await ask(`GET /v1/forms/${json.id}/definition`)).json.fields[1]).toEqual(fields[1])
})

test('its check refuses at the field, or says what is kept', async () => {
  const refused = await send({ score: '4' })
  expect([refused.sent.status, refused.sent.json.errors]).toEqual([
    422,
    [{ path: 'fields.score', message: 'Give 1 to 3 stars.' }],
  ])
  expect(refused.lead).toBe(undefined)
  expect((await send({})).sent.json.errors[0].path).toBe('fields.score')
  const { sent, lead } = await send({ score: 2.4, color: 'red' })
  expect([sent.status, lead.fields]).toEqual([201, { score: '2', color: 'red' }])
})

test.each(['boom', 'hang'])(
  'a check that fails (%s) loses nothing: the text is taken, and that is noted',
  async (score) => {
    const { sent, lead } = await send({ score })
    expect([sent.status, lead.fields.score]).toEqual([201, score])
    const { data } = (await ask('GET /v1/submissions?limit=1')).json
    expect(data[0].hooked).toEqual([{ plugin: 'acme', failed: expect.stringMatching(/a bug|took more than 2 s/) }])
  },
)

test('where the plugin is off a form goes on, with a plain field', async () => {
  await ask('PATCH /v1/plugins/acme', { enabled: false })
  expect((await ask('GET /v1/forms/stars')).json.fields[1]).toEqual(fields[1])
  const { sent, lead } = await send({ score: 'many' })
  expect([sent.status, lead.fields.score]).toEqual([201, 'many'])
  await ask('PATCH /v1/plugins/acme', { enabled: true })
  const hosted = await (await server.app.request(`${origin}/f/stars`)).text()
  expect(hosted).toMatch(/<input id="field-score" name="score" required="" type="text"/)
})

test('a form asks only for what is there', async () => {
  const bad = async (field: object) => {
    const { status, json } = await ask('POST /v1/forms', {
      slug: 'bad',
      name: 'Bad',
      fields: [{ ...fields[1], ...field }],
    })
    return [status, json.errors?.[0]]
  }
  const none = { path: 'fields.0.type', message: 'No plugin here brings this type of field.' }
  expect(await bad({ type: 'plugin:acme/none' })).toEqual([422, none])
  expect(await bad({ type: 'plugin:nobody/rating' })).toEqual([422, none])
  expect(await bad({ type: 'plugin:acme/toString' })).toEqual([422, expect.objectContaining({ path: 'fields.0.type' })])
  expect(await bad({ settings: { stars: 'x' } })).toEqual([
    422,
    { path: 'fields.0.settings.stars', message: 'Give a number.' },
  ])
  expect(await bad({ type: 'text' })).toEqual([422, expect.objectContaining({ path: 'fields.0.settings' })])
  const { id } = (await ask('GET /v1/forms/stars')).json
  const patched = await ask(`PATCH /v1/forms/${id}`, { fields: [{ ...fields[1], type: 'plugin:acme/none' }] })
  expect(patched.json.errors).toEqual([none])
})

test('field types that cannot be told apart, or are none, are refused', async () => {
  const rating = acme.fields!.rating!
  const other = definePlugin({ id: 'other', name: 'Other', fields: { stars: rating } })
  await expect(testServer({ plugins: [acme, other] })).rejects.toThrow(
    'The field types acme/rating and other/stars have one element, <acme-rating>.',
  )
  const bad =
    (fields: object, routes = {}) =>
    () =>
      definePlugin({ id: 'bad', name: 'Bad', fields: fields as never, routes })
  expect(bad({ Stars: rating })).toThrow('must be named in small letters')
  expect(bad({ stars: { ...rating, element: 'rating' } })).toThrow('needs an element with a hyphen')
  expect(bad({ stars: { ...rating, check: undefined } })).toThrow('needs a title, a script and check')
  expect(bad({ stars: rating }, { 'GET /fields/:x': () => new Response() })).toThrow('Rename it')
})
