import {
  createKeyring,
  isSuppressed,
  makeProvingLink,
  preferenceToken,
  readPreferenceToken,
  sql,
  tasks,
} from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../testing.ts'

type Keys = Parameters<typeof readPreferenceToken>[0]

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
let key: string

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
})
afterAll(() => server.close())

let n = 0
let lead: { id: string; email: string; phone: string }
beforeEach(async () => {
  time += 1000
  n += 1
  const body = { email: `person${n}@example.com`, phone: `+4420794601${String(n).padStart(2, '0')}` }
  lead = (await server.request('POST /v1/leads', { key, body })).json
  await agree('email', 'news')
  await agree('sms', 'offers')
})

const agree = async (channel: string, purpose: string, id = lead.id) => {
  const wording = { text: `Send me ${purpose}.` }
  const body = { action: 'grant', channel, purpose, wording }
  expect((await server.request(`POST /v1/leads/${id}/consents`, { key, body })).status).toBe(201)
}
const publicBaseUrl = 'http://localhost:3000'
/** As what sends a message has it. */
const linkOf = async (id = lead.id, channel = 'email'): Promise<string> =>
  new URL((await makeProvingLink(server.nest, server.nest.workspaceId, id, { channel, publicBaseUrl })).link).pathname
/** As somebody is handed it. */
const makeLink = async (id = lead.id, body: object = {}, as = key) =>
  (await server.request(`POST /v1/leads/${id}/preference-link`, { key: as, body })).json
const press = (path: string, fields: [string, string][]) =>
  server.request(`POST ${path}`, {
    raw: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
const oneClick = (path: string) => press(path, [['List-Unsubscribe', 'One-Click']])
const everyLine: [string, string][] = [
  ['action', 'save'],
  ['shown', 'email news'],
  ['shown', 'sms offers'],
]
const both: [string, string][] = [
  ['on', 'email news'],
  ['on', 'sms offers'],
]
const suppressed = (channel: string, purpose: string, leadId = lead.id) =>
  isSuppressed(server.nest, server.nest.workspaceId, { channel, purpose, leadId })
const ledger = async (id = lead.id) =>
  (await server.request(`GET /v1/leads/${id}/consents`, { key })).json.data.map(
    ({ kind, channel, purpose, source }: Record<string, string>) => [kind, channel, purpose, source].join(' '),
  )
const everything = async () =>
  JSON.stringify(
    await server.nest.inWorkspace(server.nest.workspaceId, async (tx) => [
      await tx.query(sql`select * from leads order by id`),
      await tx.query(sql`select id from events order by id`),
      await tx.query(sql`select id from consents order by id`),
      await tx.query(sql`select * from suppressions order by id`),
    ]),
  )

describe('the page', () => {
  test('says in words what may be sent, and little of whom it is about', async () => {
    const page = await server.request(`GET ${await linkOf()}`)
    expect(page.status).toBe(200)
    expect(page.text).toContain(' may send you</h1>')
    for (const words of ['E-mail', 'Send me news.', 'Text messages', 'Send me offers.', 'p•••@e•••.com'])
      expect(page.text).toContain(words)
    for (const secret of [lead.email, lead.phone, lead.id]) expect(page.text).not.toContain(secret)
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })

  test('speaks the language of the browser', async () => {
    const page = await server.request(`GET ${await linkOf()}`, { headers: { 'accept-language': 'xx, de-AT, en' } })
    expect(page.text).toContain('Alles abbestellen')
    expect(page.text).toContain('<html lang="de">')
  })

  test('turns off what is not ticked, and on what is', async () => {
    const link = await linkOf()
    const off = await press(link, everyLine.concat([['on', 'sms offers']]))
    expect([off.status, off.headers.get('location')]).toEqual([303, `${link}?done=saved`])
    expect(await suppressed('email', 'news')).toBe(true)
    expect(await suppressed('sms', 'offers')).toBe(false)
    time += 1000
    await press(
      link,
      everyLine.concat([
        ['on', 'email news'],
        ['on', 'sms offers'],
      ]),
    )
    expect(await suppressed('email', 'news')).toBe(false)
    const { data } = (await server.request(`GET /v1/leads/${lead.id}/consents`, { key })).json
    expect(data.slice(0, 2)).toMatchObject([
      { kind: 'lifted', channel: 'email', purpose: 'news' },
      { kind: 'granted', step: 'double', source: 'link', address: lead.email, wording: { text: 'Send me news.' } },
    ])
  })

  test('writes nothing where nothing is changed, nor about what it did not show', async () => {
    const link = await linkOf()
    const before = await everything()
    await press(
      link,
      everyLine.concat([
        ['on', 'email news'],
        ['on', 'sms offers'],
      ]),
    )
    await press(link, [
      ['action', 'save'],
      ['on', 'email partners'],
    ])
    await press(link, [
      ['action', 'save'],
      ['shown', 'email partners'],
      ['on', 'email partners'],
    ])
    expect(await everything()).toBe(before)
  })

  test('lifts a no only for the address that the link was sent to', async () => {
    await oneClick(await linkOf())
    await press(await linkOf(), everyLine.concat(both))
    expect([await suppressed('email', 'news'), await suppressed('sms', 'offers')]).toEqual([false, true])
    expect((await server.request(`GET ${await linkOf()}`)).text).toContain('To turn this on again, open the link')
    await press(await linkOf(lead.id, 'sms'), everyLine.concat(both))
    expect([await suppressed('email', 'news'), await suppressed('sms', 'offers')]).toEqual([false, false])
  })

  test('turns on again what another address of theirs was opted out of', async () => {
    time += 1000
    const other = (await server.request('POST /v1/leads', { key, body: { email: `alias${n}@example.com` } })).json
    await oneClick(await linkOf(other.id))
    await server.request('POST /v1/leads/merge', { key, body: { leadIds: [lead.id, other.id] } })
    const link = await linkOf()
    expect((await server.request(`GET ${link}`)).text).not.toMatch(/value="email news" checked/)
    await press(link, everyLine.concat([['on', 'email news']]))
    expect(await suppressed('email', 'news')).toBe(false)
    expect((await server.request(`GET ${link}`)).text).toMatch(/value="email news" checked/)
  })

  test('what the workspace suppressed stays so', async () => {
    await server.request('POST /v1/suppressions', { key, body: { channel: 'email', address: lead.email } })
    await oneClick(await linkOf())
    const before = await everything()
    const { status, headers } = await press(await linkOf(), everyLine.concat([['on', 'email news']]))
    expect([status, headers.get('location')]).toEqual([303, `${await linkOf()}?done=saved`])
    expect(await everything()).toBe(before)
    const { text } = await server.request(`GET ${await linkOf()}`)
    expect(text).toMatch(/value="email news" disabled/)
    expect(text).toContain(' does not send you this at present.')
    expect(await suppressed('email', 'news')).toBe(true)
  })

  test('refuses what is no button of it', async () => {
    const before = await everything()
    expect((await press(await linkOf(), [['action', 'explode']])).status).toBe(422)
    expect((await server.request(`POST ${await linkOf()}`, { body: { action: 'stop' } })).status).toBe(415)
    expect((await server.request(`DELETE ${await linkOf()}`)).status).toBe(405)
    expect(await everything()).toBe(before)
  })
})

describe('one click', () => {
  test.each(['application/x-www-form-urlencoded', 'multipart/form-data'])(
    'unsubscribes from all, as %s',
    async (type) => {
      const link = await linkOf()
      const body = new FormData()
      body.set('List-Unsubscribe', 'One-Click')
      const answer =
        type === 'multipart/form-data'
          ? await server.app.request(`http://localhost:3000${link}`, { method: 'POST', body })
          : await oneClick(link)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('location')).toBeNull()
      for (const channel of ['email', 'sms', 'phone', 'whatsapp'])
        expect(await suppressed(channel, 'anything')).toBe(true)
      const before = await everything()
      expect((await oneClick(link)).status).toBe(200)
      expect(await everything()).toBe(before)
      expect((await ledger()).filter((line: string) => line.startsWith('revoked email'))).toEqual([
        'revoked email  link',
      ])
    },
  )

  test('is one event, also when it comes twice at once', async () => {
    const link = await linkOf()
    await Promise.all([oneClick(link), oneClick(link), oneClick(link)])
    const events = (await server.request(`GET /v1/leads/${lead.id}/timeline`, { key })).json.data
    expect(events.filter(({ type }: { type: string }) => type === 'consent.revoked')).toMatchObject([
      { source: 'link', actor: { type: 'visitor' } },
    ])
  })

  test('counts also where the workspace had suppressed the address already', async () => {
    const { id } = (
      await server.request('POST /v1/suppressions', { key, body: { channel: 'email', address: lead.email } })
    ).json
    await oneClick(await linkOf())
    await server.request(`DELETE /v1/suppressions/${id}`, { key })
    expect(await suppressed('email', 'news')).toBe(true)
  })

  test('is not limited while its link is right', async () => {
    const limited = await testServer({
      limits: { perMinute: 5, submitPerMinute: 2, importPerMinute: 0, smsPerMinute: 0 },
    })
    const as = await limited.nest.key()
    const { id } = (await limited.request('POST /v1/leads', { key: as, body: { email: 'a@example.com' } })).json
    const { link, headers } = (await limited.request(`POST /v1/leads/${id}/preference-link`, { key: as, body: {} }))
      .json
    expect(headers).toEqual({ 'List-Unsubscribe': `<${link}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' })
    const send = (path: string, body: string) =>
      limited.request(`POST ${path}`, { raw: body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    const statuses = async (path: string, body: string) => {
      const seen = []
      for (let i = 0; i < 8; i++) seen.push((await send(path, body)).status)
      return seen
    }
    const { pathname } = new URL(link)
    expect(await statuses(pathname, 'List-Unsubscribe=One-Click')).toEqual(Array(8).fill(200))
    expect(await statuses(`${pathname}x`, 'List-Unsubscribe=One-Click')).toContain(429)
    expect(await statuses(pathname, 'action=stop')).toContain(429)
    await limited.close()
  })
})

describe('a link', () => {
  test('leads to the survivor of a merge, and back', async () => {
    time += 1000
    const other = (await server.request('POST /v1/leads', { key, body: { email: `twin${n}@example.com` } })).json
    await agree('email', 'letters', other.id)
    const link = await linkOf(other.id)
    const merge = await server.request('POST /v1/leads/merge', { key, body: { leadIds: [lead.id, other.id] } })
    expect((await server.request(`GET ${link}`)).text).toContain('Send me news.')
    await oneClick(link)
    expect(await suppressed('email', 'news')).toBe(true)
    expect(await suppressed('email', 'letters')).toBe(true)
    // Also for what was about to be sent to the one that was merged away.
    expect(await suppressed('email', 'letters', other.id)).toBe(true)
    await server.request(`POST /v1/merges/${merge.json.id}/undo`, { key })
    const apart = await server.request(`GET ${link}`)
    expect(apart.text).toContain('Send me letters.')
    expect(apart.text).not.toContain('Send me news.')
  })

  test('is good while its key is on the list', async () => {
    const link = await linkOf()
    const [newer, own] = ['n'.repeat(32), 'a secret of tests, 32 characters long']
    const [rotated, replaced] = [[newer, own], [newer]].map((keys) => ({ keyring: createKeyring(keys) })) as [
      Keys,
      Keys,
    ]
    const token = link.slice('/p/'.length)
    const mark = expect.stringMatching(/^[\w-]{12}$/)
    const holder = { workspaceId: server.nest.workspaceId, leadId: lead.id, kind: 'email', mark }
    expect(readPreferenceToken(rotated, token)).toEqual(holder)
    expect(readPreferenceToken(replaced, token)).toBeUndefined()
  })

  test('that is forged, cut off, or says somebody else changes nothing', async () => {
    const link = await linkOf()
    const { workspaceId } = server.nest
    const twin = (await server.request('POST /v1/leads', { key, body: { email: `x${n}@example.com` } })).json
    const [mine, theirs] = [lead.id, twin.id].map((leadId) =>
      preferenceToken(server.nest, { workspaceId, leadId, channel: 'email' }),
    ) as [string, string]
    const sent = link.slice('/p/'.length)
    const before = await everything()
    const wrong = [
      `/p/${theirs.slice(0, 44)}${mine.slice(44)}`,
      `/p/p${mine.slice(1)}`,
      // A mark that nobody signed.
      `/p/${mine.slice(0, 44)}${'A'.repeat(12)}${mine.slice(44)}`,
      `/p/${sent.slice(0, 44)}${sent.slice(56)}`,
      link.slice(0, -1),
      `${link}A`,
      // The last letter of a signature has two bits that mean nothing.
      link.slice(0, -1) + String.fromCharCode(link.charCodeAt(link.length - 1) + 1),
      '/p/x',
      '/p/%E0%A4%A',
    ]
    for (const path of wrong)
      for (const answer of [
        await server.request(`GET ${path}`),
        await oneClick(path),
        await press(path, [['action', 'stop']]),
      ])
        expect([path, answer.status, answer.text.includes('Nothing was changed.')]).toEqual([path, 404, true])
    expect(await everything()).toBe(before)
  })

  test('of a lead that is gone opens a page that says nothing, and a click is taken', async () => {
    const link = await linkOf()
    await server.request(`DELETE /v1/leads/${lead.id}`, { key })
    expect((await server.request(`GET ${link}`)).status).toBe(200)
    time += 31 * 24 * 3_600_000
    await (tasks(server.nest).forget_expired as () => Promise<void>)()
    const page = await server.request(`GET ${link}`)
    expect(page.status).toBe(410)
    expect(page.text).toContain('There is nothing here')
    expect((await oneClick(link)).status).toBe(200)
    expect((await press(link, [['action', 'stop']])).status).toBe(410)
  })

  test('that somebody is handed turns off and not on, and an event says who had it', async () => {
    const writer = await server.nest.key({ scopes: ['leads:write'] })
    const { link: made } = await makeLink(lead.id, {}, writer)
    const { pathname } = new URL(made)
    await press(pathname, everyLine.concat([['on', 'sms offers']]))
    expect([await suppressed('email', 'news'), await suppressed('sms', 'offers')]).toEqual([true, false])
    const before = await everything()
    await press(pathname, everyLine.concat(both))
    expect(await everything()).toBe(before)
    expect((await server.request(`GET ${pathname}`)).text).toMatch(/value="email news" disabled/)
    expect((await oneClick(pathname)).status).toBe(200)
    expect(await suppressed('sms', 'offers')).toBe(true)
    const events = (await server.request(`GET /v1/leads/${lead.id}/timeline`, { key })).json.data
    expect(events.filter(({ type }: { type: string }) => type === 'lead.link_made')).toMatchObject([
      { actor: { type: 'key' }, source: 'api', data: { channel: 'email' } },
    ])
    expect(JSON.stringify(events)).not.toContain(pathname)
  })

  test('that went to an address of before turns off and not on, until it is theirs again', async () => {
    const link = await linkOf()
    await oneClick(link)
    const change = (email: string) => server.request(`PATCH /v1/leads/${lead.id}`, { key, body: { email } })
    await change(`new${n}@example.com`)
    const before = await everything()
    await press(link, everyLine.concat(both))
    expect(await everything()).toBe(before)
    await agree('email', 'partners')
    expect((await oneClick(link)).status).toBe(200)
    await change(lead.email)
    await press(link, everyLine.concat(both))
    expect(await suppressed('email', 'news')).toBe(false)
  })

  test('is made for a channel that reaches the lead', async () => {
    const { id } = (await server.request('POST /v1/leads', { key, body: { phone: '+442079460999' } })).json
    expect((await makeLink(id)).channel).toBe('sms')
    expect(await makeLink(id, { channel: 'email' })).toMatchObject({
      status: 422,
      errors: [{ path: 'channel' }],
    })
  })

  test('is changed by no look at it', async () => {
    const link = await linkOf()
    const before = await everything()
    for (const method of ['GET', 'HEAD', 'OPTIONS']) await server.request(`${method} ${link}`)
    expect(await everything()).toBe(before)
  })
})
