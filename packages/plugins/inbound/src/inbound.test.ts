import { createWorkspace } from '@leadnest/core'
import { Webhook } from 'standardwebhooks'
import { afterEach, expect, test } from 'vitest'
import { noLimits } from '../../../server/src/http/rate-limits.ts'
import { isSigned } from './calls/signature.ts'
import { bearer, type OpenInbound, openInbound, signed } from './testing/open.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
async function open(...options: Parameters<typeof openInbound>): Promise<OpenInbound> {
  const desk = await openInbound(...options)
  closing.push(() => desk.close())
  return desk
}

const typeform = (id: string, email: string) =>
  JSON.stringify({
    event_id: id,
    event_type: 'form_response',
    form_response: {
      form_id: 'lT4Z3j',
      hidden: { utm_source: 'news' },
      definition: {
        fields: [
          { id: 'a', ref: 'r-name', title: 'Your name', type: 'short_text' },
          { id: 'b', ref: 'r-mail', title: 'E-mail', type: 'email' },
          { id: 'c', ref: 'r-what', title: 'Message', type: 'multiple_choice' },
        ],
      },
      answers: [
        { type: 'text', text: 'Ada', field: { id: 'a', type: 'short_text', ref: 'r-name' } },
        { type: 'email', email, field: { id: 'b', type: 'email', ref: 'r-mail' } },
        { type: 'choices', choices: { labels: ['A house', 'A boat'], other: 'A tent' }, field: { ref: 'r-what' } },
      ],
    },
  })

test('an answer to a Typeform is a submission with its lead, once, found by what people were asked', async () => {
  const desk = await open()
  const source = await desk.source({ kind: 'typeform' })
  const body = typeform('ev1', 'Ada@example.com')
  const headers = signed('typeform-signature', 'base64', source, body)
  expect(await desk.call(source, body, headers)).toEqual({ status: 200, json: { received: 1, new: 1 } })
  expect(await desk.call(source, body, headers)).toEqual({ status: 200, json: { received: 1, new: 0 } })
  const [lead, ...others] = await desk.leads()
  expect(others).toEqual([])
  expect(lead).toMatchObject({ email: 'ada@example.com', name: 'Ada', attribution: { first: { utmSource: 'news' } } })
  const { data } = (await desk.ask('GET /v1/submissions')).json
  expect(data).toMatchObject([{ verdict: 'accepted', leadId: lead.id, fields: { message: 'A house, A boat, A tent' } }])
  expect(await desk.calls(source)).toMatchObject([
    { delivery: 'ev1', status: 'accepted', leadId: lead.id, submissionId: data[0].id },
  ])
  const [captured] = await desk.nest.events('lead.captured')
  expect(captured).toMatchObject({ actor: { type: 'plugin', id: 'inbound' }, source: 'plugin' })
  // A try-out of the hook, or an answer that was begun, is no answer.
  const partial = JSON.stringify({ event_id: 'ev2', event_type: 'form_response_partial' })
  expect((await desk.call(source, partial, signed('typeform-signature', 'base64', source, partial))).json.new).toBe(0)
})

test('two that come at once are one', async () => {
  const desk = await open()
  const source = await desk.source({})
  const headers = { ...bearer(source), 'webhook-id': 'one' }
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => desk.call(source, { email: 'ada@example.com', name: 'Ada' }, headers)),
  )
  expect(answers.map(({ json }) => json.new).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 1])
  expect((await desk.ask('GET /v1/submissions')).json.data).toHaveLength(1)
})

test('who does not sign with the secret is refused, and leaves nothing', async () => {
  const desk = await open()
  const [form, json, off] = [
    await desk.source({ kind: 'typeform' }),
    await desk.source({}),
    await desk.source({ enabled: false }),
  ]
  const body = typeform('ev1', 'eve@example.com')
  const right = signed('typeform-signature', 'base64', form, body)
  const fails: [{ url: string }, string, Record<string, string>, number][] = [
    [form, body, {}, 401],
    [form, `${body} `, right, 401],
    [form, body, signed('typeform-signature', 'base64', json, body), 401],
    [form, body, signed('typeform-signature', 'hex', form, body), 401],
    [form, body, bearer(form), 401],
    [json, body, right, 401],
    [json, body, bearer({ secret: '' }), 401],
    [json, body, { authorization: `Basic ${json.secret}` }, 401],
    [json, 'nonsense', {}, 401],
    [off, body, {}, 401],
    [off, body, bearer(off), 403],
    [{ url: json.url.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }, body, bearer(json), 404],
    [{ url: json.url.replace(/[^/]+$/, 'x') }, body, bearer(json), 404],
    [{ url: json.url.replace(desk.nest.workspaceId, form.id) }, body, bearer(json), 404],
    [{ url: json.url.replace(desk.nest.workspaceId, 'x') }, body, bearer(json), 404],
  ]
  for (const [at, text, headers, status] of fails) {
    const answer = await desk.call(at, text, headers)
    expect(answer).toEqual({ status, json: { error: expect.any(String) } })
  }
  for (const source of [form, json, off]) {
    expect(await desk.calls(source)).toEqual([])
    expect((await desk.ask(`GET /v1/inbound-sources/${source.id}`)).json).toMatchObject({
      lastSeenAt: null,
      lastError: null,
    })
  }
  expect(await desk.leads()).toEqual([])
})

test('what is no JSON object is 400 and says why', async () => {
  const desk = await open()
  const source = await desk.source({})
  const say = async (body: string) =>
    (await desk.call(source, body, bearer(source))) as { status: number; json: { error: string } }
  expect(await say('{"email": ')).toMatchObject({
    status: 400,
    json: { error: expect.stringMatching(/^This is no JSON: /) },
  })
  expect(await say('[1]')).toEqual({ status: 400, json: { error: 'Send one JSON object.' } })
  expect(await say('')).toMatchObject({ status: 400 })
  expect((await say('{"name":"a\\u0000b"}')).json.error).toContain('U+0000')
  expect((await say('{"name":"\\ud83d"}')).json.error).toContain('half of a pair')
  const bytes = await desk.app.request(source.url, {
    method: 'POST',
    headers: bearer(source),
    body: new Uint8Array([0x22, 0xff, 0x22]),
  })
  expect([bytes.status, await bytes.json()]).toEqual([400, { error: 'This is no UTF-8.' }])
  expect((await desk.call(source, { a: 1 }, { ...bearer(source), 'webhook-id': 'x'.repeat(256) })).status).toBe(400)
  expect(await desk.calls(source)).toEqual([])
  // A backslash before letters is text.
  expect((await say(JSON.stringify({ email: 'ada@example.com', name: 'a\\u0000b' }))).status).toBe(200)
  expect((await desk.leads())[0].name).toBe('a\\u0000b')
})

test('Standard Webhooks are taken as their own library signs them, for five minutes', async () => {
  const now = new Date('2027-03-01T09:00:00Z')
  const secret = `whsec_${Buffer.from('a secret that nobody else knows!').toString('base64')}`
  const raw = Buffer.from('{"email":"ada@example.com"}')
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1000)
  const taken = (seconds: number, change: Record<string, string> = {}) =>
    isSigned('json', {
      headers: new Headers({
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(at(seconds).getTime() / 1000),
        'webhook-signature': `v1,AAAA ${new Webhook(secret).sign('msg_1', at(seconds), raw.toString())}`,
        ...change,
      }),
      raw,
      secret,
      now,
    })
  expect([taken(0), taken(-299), taken(299)]).toEqual([true, true, true])
  expect([taken(-301), taken(301)]).toEqual([false, false])
  expect(taken(0, { 'webhook-id': 'msg_2' })).toBe(false)
  expect(taken(0, { 'webhook-timestamp': 'now' })).toBe(false)
  expect(taken(0, { 'webhook-signature': 'v1,' })).toBe(false)
})

test('what the form refuses is kept with the reason, and becomes a submission when the mapping is mended', async () => {
  const desk = await open()
  const source = await desk.source({ mapping: { name: 'who', message: 'text' } })
  await desk.call(source, { who: 'Ada', contact: { address: 'ada@example.com' } }, bearer(source))
  const [refused] = await desk.calls(source)
  expect(refused).toMatchObject({
    status: 'refused',
    error: expect.stringMatching(/^fields\.email: /),
    submissionId: null,
  })
  expect((await desk.ask(`GET /v1/inbound-sources/${source.id}`)).json.lastError).toBe(refused.error)
  expect(await desk.leads()).toEqual([])

  await desk.ask(`PATCH /v1/inbound-sources/${source.id}`, { mapping: { name: 'who', email: 'contact.address' } })
  expect((await desk.ask(`POST /v1/inbound-calls/${refused.id}/replay`)).json).toMatchObject({
    id: refused.id,
    status: 'waiting',
  })
  await desk.nest.settle()
  expect(await desk.calls(source)).toMatchObject([{ id: refused.id, status: 'accepted', error: null }])
  expect(await desk.leads()).toMatchObject([{ name: 'Ada', email: 'ada@example.com' }])
  expect((await desk.ask(`GET /v1/inbound-sources/${source.id}`)).json.lastError).toBeNull()
  expect((await desk.ask(`POST /v1/inbound-calls/${refused.id}/replay`)).json).toMatchObject({ code: 'invalid_input' })
})

test('of Meta only the id of a lead comes; the rest is fetched once, tried again where it fails, and asks for help where Meta says no', async () => {
  const lead = {
    id: '77',
    created_time: '2027-03-01T08:59:00+0000',
    campaign_name: 'Spring',
    field_data: [
      { name: 'full_name', values: ['Ada Lovelace'] },
      { name: 'email', values: ['ada@example.com'] },
    ],
  }
  const desk = await open(({ params }) => ({ ...lead, id: params.id }))
  const secret = 'the secret of the app'.replaceAll(' ', '-')
  const source = await desk.source({ kind: 'meta', secret, accessToken: 'EAAB-a-page-token-of-theirs' })
  const body = (...ids: string[]) =>
    JSON.stringify({
      object: 'page',
      entry: [
        {
          id: '1',
          time: 1,
          changes: ids.map((leadgen_id) => ({ field: 'leadgen', value: { leadgen_id, page_id: '1' } })),
        },
      ],
    })
  const send = (text: string) => desk.call(source, text, signed('x-hub-signature-256', 'hex', { secret }, text))

  desk.provider.fail(503)
  expect((await send(body('77', '78'))).json).toEqual({ received: 2, new: 2 })
  expect((await desk.calls(source)).map(({ status }: { status: string }) => status).sort()).toEqual([
    'accepted',
    'waiting',
  ])
  await desk.nest.clock.advance({ minutes: 30 })
  expect((await desk.calls(source)).map(({ status }: { status: string }) => status)).toEqual(['accepted', 'accepted'])
  expect(await desk.leads()).toMatchObject([{ name: 'Ada Lovelace', email: 'ada@example.com' }])
  const [asked] = desk.provider.calls
  expect(asked!.headers.get('authorization')).toBe('Bearer EAAB-a-page-token-of-theirs')
  expect(asked!.url).toMatch(/appsecret_proof=[0-9a-f]{64}/)
  expect((await send(body('77'))).json).toEqual({ received: 1, new: 0 })
  expect(desk.provider.calls).toHaveLength(3)

  desk.provider.fail(400)
  await send(body('79'))
  expect((await desk.calls(source))[0]).toMatchObject({
    delivery: '79',
    status: 'refused',
    error: expect.stringContaining('Meta answered 400'),
  })
  expect(await send(body('79; drop'))).toMatchObject({ status: 400 })
  const shown = JSON.stringify([await desk.ask('GET /v1/inbound-sources'), await desk.nest.events()])
  for (const hidden of [secret, 'EAAB', source.verifyToken!]) expect(shown).not.toContain(hidden)
})

test('Meta proves the hook by the token that we made', async () => {
  const desk = await open()
  const source = await desk.source({ kind: 'meta', secret: 'x'.repeat(32), accessToken: 'y'.repeat(32) })
  const confirm = async (token: string, at = source.url) => {
    const query = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.verify_token': token,
      'hub.challenge': '<b>1158',
    })
    const answer = await desk.app.request(`${at}?${query}`)
    return [answer.status, answer.headers.get('content-type'), await answer.text()] as const
  }
  expect(await confirm(source.verifyToken!)).toEqual([200, 'text/plain; charset=utf-8', '<b>1158'])
  expect((await confirm('wrong'))[0]).toBe(403)
  expect((await confirm('', (await desk.source({})).url))[0]).toBe(403)
})

test('a sample shows what a call would become, and stores nothing', async () => {
  const desk = await open()
  const source = await desk.source({ mapping: { email: 'contact.mail', 'attribution.utmCampaign': 'from.campaign' } })
  const sample = { contact: { mail: 'nobody' }, from: { campaign: 7 }, tags: ['a', 'b'], deep: [{ x: true }] }
  expect((await desk.ask(`POST /v1/inbound-sources/${source.id}/test`, { sample })).json).toEqual({
    form: 'contact',
    fields: { email: 'nobody' },
    attribution: { utmCampaign: '7' },
    issues: [{ path: 'fields.email', message: expect.any(String) }],
    answers: [
      { key: 'contact.mail', label: 'contact.mail', value: 'nobody' },
      { key: 'from.campaign', label: 'from.campaign', value: 7 },
      { key: 'tags', label: 'tags', value: 'a, b' },
      { key: 'deep.0.x', label: 'deep.0.x', value: true },
    ],
  })
  expect(await desk.calls(source)).toEqual([])
  const wrong = await desk.ask(`PATCH /v1/inbound-sources/${source.id}`, { mapping: { nope: 'x' } })
  expect(wrong.json).toMatchObject({ status: 422, errors: [{ path: 'mapping.nope' }] })
  const none = await desk.ask('POST /v1/inbound-sources', { name: 'x', kind: 'json', form: 'nope' })
  expect(none.json).toMatchObject({ code: 'unknown_reference', errors: [{ path: 'form' }] })
  for (const part of ['secret', 'accessToken']) {
    const rest = { secret: 'x'.repeat(16), accessToken: 'x'.repeat(16), [part]: undefined }
    expect(
      (await desk.ask('POST /v1/inbound-sources', { name: 'x', kind: 'meta', form: 'contact', ...rest })).json.errors[0]
        .path,
    ).toBe(part)
  }
})

test('a call whose job was lost is taken up after a day', async () => {
  const desk = await open()
  const source = await desk.source({})
  await desk.app.request(source.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(source) },
    body: JSON.stringify({ email: 'ada@example.com', name: 'Ada' }),
  })
  await desk.nest.pool.query(`
    delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
    where t.id = j.task_id and t.identifier = 'plugin:inbound:settle'`)
  await desk.nest.clock.advance({ hours: 23 })
  expect(await desk.calls(source)).toMatchObject([{ status: 'waiting' }])
  await desk.nest.clock.advance({ hours: 2 })
  expect(await desk.calls(source)).toMatchObject([{ status: 'accepted' }])
  expect(await desk.leads()).toHaveLength(1)
})

test('a call is asked for by a state that it can have', async () => {
  const desk = await open()
  const source = await desk.source({})
  const held = await desk.ask(`GET /v1/inbound-sources/${source.id}/calls?status=held`)
  expect(held.json).toMatchObject({ code: 'invalid_input', errors: [{ path: 'status' }] })
})

test('without an id the same words are one call a day', async () => {
  const desk = await open()
  const source = await desk.source({})
  const say = () => desk.call(source, { email: 'ada@example.com', name: 'Ada' }, bearer(source))
  expect([(await say()).json.new, (await say()).json.new]).toEqual([1, 0])
  await desk.nest.clock.advance({ days: 1 })
  expect((await say()).json.new).toBe(1)
})

test('another workspace is not reached by a source of this one', async () => {
  const desk = await open()
  const source = await desk.source({})
  const { id: other } = await createWorkspace(desk.nest, { name: 'Other' })
  const answer = await desk.call({ url: source.url.replace(desk.nest.workspaceId, other) }, { a: 1 }, bearer(source))
  expect(answer.status).toBe(404)
})

test('a burst of one source is taken, guesses of its secret are not', async () => {
  const desk = await open(undefined, { limits: { ...noLimits, perMinute: 20 } })
  const source = await desk.source({})
  const send = (secret: string) =>
    desk.request(`POST ${new URL(source.url).pathname}`, {
      from: '192.0.2.5',
      headers: { ...bearer({ secret }), 'content-type': 'application/json', 'webhook-id': 'one' },
      raw: '{"email":"ada@example.com","name":"Ada"}',
    })
  for (let i = 0; i < 30; i++) expect((await send(source.secret)).status).toBe(200)
  const guesses = []
  for (let i = 0; i < 21; i++) guesses.push((await send('wrong')).status)
  expect(guesses).toEqual([...Array(20).fill(401), 429])
})
