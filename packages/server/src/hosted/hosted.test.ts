import { contactForm, insertForm, listLeads, listSubmissions, type NewForm } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
let shopForm: string

const shop = 'https://shop.example'
const survey: NewForm = {
  slug: 'survey',
  name: 'Survey',
  origins: [shop],
  fields: [
    { name: 'email', type: 'email', label: 'E-mail', required: true, help: 'We write to nobody else.' },
    { name: 'mobile', type: 'tel', label: 'Mobile', required: false, autocomplete: 'tel-national' },
    {
      name: 'size',
      type: 'select',
      label: 'Team',
      required: false,
      options: [
        { value: 's', label: 'Small' },
        { value: 'l', label: 'Large' },
      ],
    },
    { name: 'news', type: 'checkbox', label: 'Send me news', required: false },
    { name: 'message', type: 'textarea', label: 'Message', required: false },
  ],
}

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  const { workspaceId } = server.nest
  await server.nest.inWorkspace(workspaceId, (tx) => insertForm(tx, workspaceId, survey))
  shopForm = await server.nest.inWorkspace(workspaceId, (tx) =>
    insertForm(tx, workspaceId, { ...contactForm, slug: 'shop', origins: [shop] }),
  )
})
afterAll(() => server.close())

const get = (path: string, headers: Record<string, string> = {}) => server.app.request(origin + path, { headers })
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = { origin }) =>
  server.app.request(origin + path, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers,
  })
/** The hidden fields of a page, as a browser sends them back. */
const hidden = (html: string) =>
  Object.fromEntries(
    [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
      name!,
      value!.replaceAll('&amp;', '&'),
    ]),
  ) as Record<string, string>
/** Opens a form, and takes the time that a person takes. */
async function open(path: string, headers: Record<string, string> = {}) {
  const html = await (await get(path, headers)).text()
  time += 5000
  return hidden(html)
}
const leadOf = async (email: string) =>
  (await listLeads(server.nest, server.nest.workspaceId, { limit: 50, sort: '-createdAt', email })).data[0]
const held = async (email: string) =>
  (await listSubmissions(server.nest, server.nest.workspaceId, { verdict: ['held', 'spam'], limit: 200 })).data.filter(
    ({ fields }) => fields.email === email,
  )

describe('the page of a form', () => {
  test('asks every question, tied to its label and help, and brings a token, a key and a trap', async () => {
    const answer = await get('/f/survey')
    const html = await answer.text()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(html).toContain('<html lang="en">')
    expect(html).toContain('<label for="field-email">E-mail<span aria-hidden="true"> *</span></label>')
    expect(html).toMatch(
      /id="field-email" name="email" required="" autocomplete="email" aria-describedby="field-email-help"/,
    )
    expect(html).toMatch(/name="mobile" autocomplete="tel-national"/)
    expect(html).toContain('<option value="l">Large</option>')
    expect(html).toMatch(/name="news"[^>]*type="checkbox"/)
    expect(html).toMatch(/name="_second_subject" value="" tabindex="-1" autocomplete="off"/)
    expect(hidden(html)).toMatchObject({ _token: expect.any(String), _key: expect.any(String) })
    expect(hidden(await (await get('/f/survey')).text())._token).not.toBe(hidden(html)._token)
  })

  test('loads its own style, and only the sites of the form may frame it', async () => {
    const { headers } = await get('/f/survey')
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' ${shop}; base-uri 'none'; frame-ancestors 'self' ${shop}`,
    )
    expect((await get('/f/contact')).headers.get('content-security-policy')).toContain("frame-ancestors 'self'")
    expect([headers.get('referrer-policy'), headers.get('cache-control')]).toEqual(['same-origin', 'no-store'])
    const html = await (await get('/f/survey')).text()
    expect(html).not.toMatch(/<script|style=/)
    const style = /href="(\/f\/form\.css\?v=[^"]+)"/.exec(html)![1]!
    expect((await get(style)).headers.get('cache-control')).toContain('immutable')
  })

  test('is found by its id, and what is no form is a page that names the request', async () => {
    expect(await (await get(`/f/${shopForm}`)).text()).toContain('<h1>Contact</h1>')
    for (const path of ['/f/nowhere', '/f/%00', '/f/contact/else', '/f', '/f/other.css']) {
      const answer = await get(path)
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        404,
        expect.stringMatching(/^text\//),
      ])
    }
    const answer = await get('/f/nowhere')
    expect(await answer.text()).toContain(`<code>${answer.headers.get('x-request-id')}</code>`)
    const put = await server.app.request(`${origin}/f/contact`, { method: 'PUT' })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST'])
  })

  test('filled in makes a lead that knows the campaign, and the thanks can be read again', async () => {
    const kept = await open('/f/survey?utm_source=news&utm_campaign=a%26b&gclid=g1', {
      referer: 'https://blog.example/',
    })
    const answer = await post('/f/survey', {
      ...kept,
      _second_subject: '',
      email: 'Ada@example.com',
      size: 'l',
      news: 'true',
      message: 'One\r\ntwo',
    })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/f/survey/thanks'])
    const lead = (await leadOf('ada@example.com'))!
    expect(lead.attribution.first).toEqual({
      utmSource: 'news',
      utmCampaign: 'a&b',
      gclid: 'g1',
      referrer: 'https://blog.example/',
      landingPage: `${origin}/f/survey?utm_source=news&utm_campaign=a%26b&gclid=g1`,
    })
    const [submission] = (await listSubmissions(server.nest, server.nest.workspaceId, { leadId: lead.id })).data
    expect(submission).toMatchObject({ fields: { size: 'l', news: true, message: 'One\ntwo' } })
    const thanks = await get('/f/survey/thanks')
    expect([thanks.status, await thanks.text()]).toEqual([200, expect.stringContaining('We will be in touch.')])
  })

  test('sent twice, or twice at once, is one submission; changed, it is another', async () => {
    const kept = await open('/f/contact')
    const filled = { ...kept, email: 'twice@example.com', message: 'Hello' }
    const answers = await Promise.all([post('/f/contact', filled), post('/f/contact', filled)])
    answers.push(await post('/f/contact', filled))
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303])
    const { id } = (await leadOf('twice@example.com'))!
    const sent = () => listSubmissions(server.nest, server.nest.workspaceId, { leadId: id })
    expect((await sent()).data).toHaveLength(1)
    expect(await held('twice@example.com')).toHaveLength(0)
    await post('/f/contact', { ...filled, message: 'Something else' })
    expect((await held('twice@example.com')).map(({ reasons }) => reasons)).toEqual([['token_reused']])
  })

  test('says at each field what is wrong, keeps all that was typed, and then works', async () => {
    const kept = await open('/f/survey?utm_source=news')
    const wrong = { ...kept, email: 'nonsense', mobile: '"><b>', size: 'xl', news: 'true', message: 'Long <text>' }
    const answer = await post('/f/survey', wrong)
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain('<a href="#field-email">E-mail: ')
    expect(html).toMatch(
      /id="field-email"[^>]*aria-invalid="true" aria-describedby="field-email-help field-email-problem"/,
    )
    expect(html).toMatch(/name="email"[^>]*value="nonsense"/)
    expect(html).toContain('value="&quot;&gt;&lt;b&gt;"')
    expect(html).toContain('Long &lt;text&gt;</textarea>')
    expect(html).toMatch(/name="news"[^>]*checked=""/)
    expect(hidden(html)).toEqual(kept)
    const mended = await post('/f/survey', { ...hidden(html), email: 'mended@example.com' })
    expect(mended.status).toBe(303)
    expect((await leadOf('mended@example.com'))?.attribution.first).toMatchObject({ utmSource: 'news' })
  })

  test('filled in by a program is kept as spam, and the program is thanked', async () => {
    const kept = await open('/f/contact')
    const answer = await post('/f/contact', { ...kept, email: 'bot@example.com', _second_subject: 'Buy' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/f/contact/thanks'])
    expect((await held('bot@example.com')).map(({ verdict }) => verdict)).toEqual(['spam'])
  })
})

describe('a plain form on another site', () => {
  test('on the list is taken, and held because it brings no token', async () => {
    const fields = { email: 'plain@example.com', utm_source: 'shop', utm_what: 'x', referrer: 'https://a.example/' }
    const answer = await post('/f/shop', fields, { origin: shop, referer: `${shop}/contact` })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/f/shop/thanks'])
    expect(await held('plain@example.com')).toMatchObject([
      {
        reasons: ['no_token'],
        attribution: { utmSource: 'shop', referrer: 'https://a.example/', landingPage: `${shop}/contact` },
      },
    ])
  })

  test('may be multipart, and may not bring files', async () => {
    const boundary = 'a-boundary-as-long-as-those-of-browsers'
    const multipart = (file: string) =>
      server.app.request(`${origin}/f/shop`, {
        method: 'POST',
        headers: { origin: shop, 'content-type': `multipart/form-data; boundary=${boundary}` },
        body: [
          `--${boundary}\r\nContent-Disposition: form-data; name="email"\r\n\r\nparts@example.com\r\n`,
          `--${boundary}\r\nContent-Disposition: form-data; name="cv"; ${file}\r\n--${boundary}--\r\n`,
        ].join(''),
      })
    // A file field that was left empty.
    expect((await multipart('filename=""\r\nContent-Type: application/octet-stream\r\n\r\n')).status).toBe(303)
    expect(await held('parts@example.com')).toHaveLength(1)
    const refused = await multipart('filename="cv.txt"\r\nContent-Type: text/plain\r\n\r\nhello')
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('Files cannot be sent')])
  })

  test.each([undefined, 'null', 'https://evil.example', `${shop}.evil.example`])('not from %s', async (from) => {
    const answer = await post('/f/shop', { email: 'evil@example.com' }, from === undefined ? {} : { origin: from })
    const html = await answer.text()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'text/html; charset=UTF-8'])
    expect(html).toContain('<code>origin_not_allowed</code>')
    expect(html).toContain(answer.headers.get('x-request-id'))
    expect(await held('evil@example.com')).toHaveLength(0)
  })

  test('goes back to a page of a listed site and nowhere else', async () => {
    const to = async (redirect: string) =>
      (await post('/f/shop', { email: 'back@example.com', _redirect: redirect }, { origin: shop })).headers.get(
        'location',
      )
    expect(await to(`${shop}/thanks?a=b`)).toBe(`${shop}/thanks?a=b`)
    for (const evil of [
      'https://evil.example/',
      `${shop}.evil.example/`,
      `${shop}@evil.example/`,
      `https://shop.example:8443/`,
      'http://shop.example/',
      '//evil.example',
      '/\\evil.example',
      'https:\\\\evil.example',
      'javascript:alert(1)',
      'data:text/html,x',
      '/admin',
      `https://user:pass@shop.example/`,
      ' https://evil.example',
      'https://evil.example/https://shop.example',
      `blob:${shop}/x`,
    ])
      expect(await to(evil), evil).toBe('/f/shop/thanks')
  })

  test('that sends what the form does not ask is told its name, and can be sent without it', async () => {
    const answer = await post('/f/shop', { email: 'extra@example.com', phone2: '1' }, { origin: shop })
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain('<code>phone2</code> This form has no such field.')
    time += 5000
    expect((await post('/f/shop', { ...hidden(html), email: 'extra@example.com' })).status).toBe(303)
    expect(await leadOf('extra@example.com')).toBeDefined()
  })

  test.each<[type: string, body: string, status: number]>([
    ['application/json', '{"email":"a@example.com"}', 415],
    ['text/plain', 'email=a@example.com', 415],
    ['application/x-www-form-urlencoded', `email=${'a'.repeat(65 * 1024)}`, 413],
    ['application/x-www-form-urlencoded', 'email=%E9', 400],
    ['application/x-www-form-urlencoded', 'email=a%00b', 422],
    ['application/x-www-form-urlencoded', '__proto__=x&email=a%40example.com', 422],
    ['application/x-www-form-urlencoded', '', 422],
    ['multipart/form-data; boundary=x', 'nonsense', 422],
    ['multipart/form-data', 'nonsense', 422],
  ])('a body of %s that cannot be taken is refused with a page', async (type, body, status) => {
    const headers = { origin: shop, 'content-type': type }
    const answer = await server.app.request(`${origin}/f/shop`, { method: 'POST', body, headers })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=UTF-8'])
  })
})

describe('the boxes of a form', () => {
  const boxes = [
    { channel: 'email', purpose: 'news', text: 'Send me <news>.', required: false },
    { channel: 'email', purpose: 'terms', text: 'Ja, gern.', required: true, language: 'de' },
  ]
  test('are drawn unticked in their own words, have to be ticked where it says so, and are kept', async () => {
    const { id } = await server.nest.inWorkspace(server.nest.workspaceId, async (tx) => ({
      id: await insertForm(tx, server.nest.workspaceId, { ...contactForm, slug: 'boxes', consents: boxes }),
    }))
    const html = await (await get('/f/boxes')).text()
    expect(html).toContain('Send me &lt;news&gt;.</label>')
    expect(html).toMatch(/<label[^>]* lang="de">Ja, gern\./)
    expect(html).not.toMatch(/name="_consent"[^>]*checked/)
    const [news, terms] = [...html.matchAll(/name="_consent" type="checkbox" value="([^"]+)"/g)].map(
      (match) => match[1]!,
    )
    const kept = await open('/f/boxes')
    const refused = await post('/f/boxes', { ...kept, email: 'boxes@example.com', _consent: news! })
    const page = await refused.text()
    expect(refused.status).toBe(422)
    expect(page).toContain(`<a href="#consent-${terms}">Ja, gern.: Tick this box to go on.</a>`)
    expect(page).toMatch(new RegExp(`value="${news}" checked`))
    const key = await server.nest.key()
    const patched = await server.request(`PATCH /v1/forms/${id}`, { key, body: { consents: [boxes[1]] } })
    expect(patched.json.consents).toHaveLength(1)
    time += 1000
    const sent = await server.app.request(`${origin}/f/boxes`, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams([
        ...Object.entries({ ...hidden(page), email: 'boxes@example.com' }),
        ['_consent', news!],
        ['_consent', terms!],
      ]),
    })
    expect(sent.status).toBe(303)
    const lead = (await leadOf('boxes@example.com'))!
    const { json } = await server.request(`GET /v1/leads/${lead.id}/consents`, { key })
    expect(json.data).toMatchObject([
      { purpose: expect.any(String), page: `${origin}/f/boxes`, source: 'form' },
      { purpose: expect.any(String) },
    ])
    // A day later nobody can have seen the old words any more.
    time += 25 * 3_600_000
    const late = await open('/f/boxes')
    const gone = await post('/f/boxes', { ...late, email: 'late@example.com', _consent: news! })
    expect([gone.status, await gone.text()]).toEqual([422, expect.stringContaining('not any more')])
    expect(await leadOf('late@example.com')).toBeUndefined()
  })
})
