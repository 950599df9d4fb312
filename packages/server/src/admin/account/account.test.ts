import { createPasswordReset, findSession } from '@leadnest/core'
import { generateHOTP } from '@oslojs/otp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, owner } from '../testing/open-admin.ts'

let admin: Admin
let n = 0
beforeAll(async () => {
  admin = await openAdmin()
  await admin.nest.user({ ...owner, role: 'owner' })
})
afterAll(() => admin.close())

const password = owner.password
/** Somebody of their own for each test, signed in. */
async function person() {
  const email = `person${++n}@nest.test`
  const user = await admin.nest.user({ email, password, role: 'viewer' })
  return { user, email, session: cookieOf(await admin.post('/admin/sign-in', { email, password })) }
}
const inside = async (session: { cookie: string }) => (await admin.get('/admin/leads', session)).status === 200
const hidden = (page: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? ''
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
function codeOf(secret: string, steps = 0): string {
  const bits = [...secret].map((letter) => base32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Uint8Array.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)))
  return generateHOTP(key, BigInt(Math.floor(Date.now() / 30_000) + steps), 6)
}

describe('one’s own account', () => {
  test('a name is changed', async () => {
    const { session } = await person()
    const answer = await admin.post('/admin/account/name', { name: 'Ada <L>' }, session)
    expect(answer.headers.get('location')).toBe('/admin/account?saved=1')
    expect(await (await admin.get('/admin/account?saved=1', session)).text()).toMatch(
      /Saved\.[\s\S]*value="Ada &lt;L&gt;"/,
    )
  })

  test('a new password signs out everywhere but here; a wrong one changes nothing', async () => {
    const { session, email } = await person()
    const other = cookieOf(await admin.post('/admin/sign-in', { email, password }))
    const change = (current: string) =>
      admin.post('/admin/account/password', { current, password: 'a new phrase of theirs' }, session)
    const refused = await change('wrong')
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('<a href="#current">This password is not right.</a>')
    expect([await inside(session), await inside(other)]).toEqual([true, true])

    const renewed = cookieOf(await change(password))
    expect([await inside(session), await inside(other), await inside(renewed)]).toEqual([false, false, true])
    expect((await admin.post('/admin/sign-in', { email, password })).status).toBe(422)
  })

  test('all other sessions are ended at once, or one of them', async () => {
    const { session, email } = await person()
    const others = await Promise.all(
      [1, 2, 3].map(async () =>
        cookieOf(await admin.post('/admin/sign-in', { email, password }, { 'user-agent': 'Firefox/140.0 (Windows)' })),
      ),
    )
    const page = await (await admin.get('/admin/account', session)).text()
    expect(page.match(/Firefox on Windows/g)).toHaveLength(3)
    const id = /sessions\/([0-9a-f-]+)\/end"/.exec(page)![1]
    await admin.post(`/admin/account/sessions/${id}/end`, {}, session)
    expect((await Promise.all(others.map(inside))).filter(Boolean)).toHaveLength(2)
    await admin.post('/admin/account/sessions/end-others', {}, session)
    expect([await inside(session), ...(await Promise.all(others.map(inside)))]).toEqual([true, false, false, false])
  })

  test('two-step sign-in is set up, asked for, and turned off', async () => {
    const { session, email } = await person()
    const refused = await (await admin.post('/admin/account/totp', { 'totp-password': 'wrong' }, session)).text()
    expect(refused).toContain('<a href="#totp-password">This password is not right.</a>')

    const begun = await (await admin.post('/admin/account/totp', { 'totp-password': password }, session)).text()
    expect(begun).toContain('class="qr"')
    const secret = /id="totp-secret">([A-Z2-7 ]+)</.exec(begun)![1]!.replaceAll(' ', '')
    const wrong = await (await admin.post('/admin/account/totp/confirm', { code: '000000' }, session)).text()
    expect(wrong).toContain('<a href="#code">')
    expect(wrong).not.toContain('class="qr"')
    const on = await (await admin.post('/admin/account/totp/confirm', { code: codeOf(secret, -1) }, session)).text()
    const codes = /id="recovery-codes">([^<]+)</.exec(on)![1]!.split('\n')
    expect(codes).toHaveLength(10)

    const second = await admin.post('/admin/sign-in', { email, password, next: '/admin/held' })
    expect([second.status, second.headers.get('set-cookie')]).toEqual([200, null])
    const page = await second.text()
    const step = { ticket: hidden(page, 'ticket'), next: hidden(page, 'next') }
    expect(page).not.toContain(password)
    const tried = await admin.post('/admin/sign-in/code', { ...step, totp: '000000' })
    expect([tried.status, tried.headers.get('set-cookie')]).toEqual([422, null])
    expect(await tried.text()).toContain('<a href="#totp">This code is not right, or was used before.</a>')
    const done = await admin.post('/admin/sign-in/code', { ...step, totp: codeOf(secret) })
    expect([done.status, done.headers.get('location')]).toEqual([303, '/admin/held'])
    expect(await inside(cookieOf(done))).toBe(true)
    expect((await admin.post('/admin/sign-in/code', { ...step, totp: codeOf(secret) })).status).toBe(422)
    expect(
      (await admin.post('/admin/sign-in/code', { ...step, ticket: `${step.ticket}x`, totp: codes[0]! })).status,
    ).toBe(422)
    const foreign = await admin.post('/admin/sign-in/code', { ...step, next: '//evil.example', totp: codes[0]! })
    expect(foreign.headers.get('location')).toBe('/admin')

    const off = { 'totp-password': password, code: codes[1]! }
    expect((await admin.post('/admin/account/totp/disable', off, session)).status).toBe(303)
    expect((await admin.post('/admin/sign-in', { email, password })).status).toBe(303)
  })
})

describe('a link to set a password', () => {
  test('works once, ends all sessions, and asks for a password that is good', async () => {
    const { email, session } = await person()
    const token = await createPasswordReset(admin.nest, email)
    const path = `/admin/reset?token=${token}`
    expect(await (await admin.get(path)).text()).toContain(`For ${email}`)
    const weak = await admin.post('/admin/reset', { token, password: 'password' })
    expect([weak.status, await weak.text()]).toEqual([422, expect.stringContaining('<a href="#password">')])
    const answers = await Promise.all(
      [1, 2, 3].map(() => admin.post('/admin/reset', { token, password: 'a phrase from the link' })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 403, 403])
    expect(await inside(session)).toBe(false)
    expect((await admin.get(path)).status).toBe(403)
    expect((await admin.post('/admin/sign-in', { email, password })).status).toBe(422)
    expect((await admin.post('/admin/sign-in', { email, password: 'a phrase from the link' })).status).toBe(303)
  })

  test('is void after an hour, and with the next one', async () => {
    const { email } = await person()
    const [first, second] = [await createPasswordReset(admin.nest, email), await createPasswordReset(admin.nest, email)]
    const status = async (token: string) => (await admin.get(`/admin/reset?token=${token}`)).status
    expect([await status(first), await status(second), await status(''), await status('x')]).toEqual([
      403, 200, 403, 403,
    ])
    const { now } = admin.nest
    admin.nest.now = () => new Date(Date.now() + 3_600_000)
    expect(await status(second)).toBe(403)
    expect((await admin.post('/admin/reset', { token: second, password: 'a long phrase' })).status).toBe(403)
    admin.nest.now = now
  })
})

describe('the page of an invite', () => {
  const invite = async (email: string) => {
    const body = { email, role: 'viewer' }
    const { link } = (await admin.request('POST /v1/invites', { key: await admin.nest.key(), body })).json
    return new URL(link).searchParams.get('token')!
  }

  test('makes an account for somebody new, and signs them in', async () => {
    const token = await invite('joins@nest.test')
    const page = await (await admin.get(`/admin/invite?token=${token}`)).text()
    expect(page).toContain('Join My workspace')
    expect(page).toContain('autocomplete="new-password"')
    const weak = await admin.post('/admin/invite', { token, password: 'x', name: 'Joan' })
    expect(await weak.text()).toMatch(/<a href="#password">[\s\S]*value="Joan"/)
    const joined = await admin.post('/admin/invite', { token, password, name: 'Joan' })
    expect(joined.headers.get('location')).toBe('/admin/leads')
    const cookie = cookieOf(joined)
    expect(await findSession(admin.nest, cookie.cookie.split('=')[1]!)).toMatchObject({
      role: 'viewer',
      user: { name: 'Joan' },
    })
    expect((await admin.post('/admin/invite', { token, password })).status).toBe(403)
    expect((await admin.get(`/admin/invite?token=${token}`)).status).toBe(403)
  })

  test('a link that is none says so', async () => {
    for (const token of ['', 'x', `${'0'.repeat(32)}_${'A'.repeat(43)}`])
      expect((await admin.get(`/admin/invite?token=${token}`)).status).toBe(403)
  })
})

describe('in the settings', () => {
  const signedIn = async () => cookieOf(await admin.post('/admin/sign-in', owner))

  test('somebody is invited by a link that is shown once, and taken back', async () => {
    const session = await signedIn()
    const path = '/admin/settings/members/invites'
    const made = await (await admin.post(path, { email: 'guest@nest.test', role: 'member' }, session)).text()
    const link = /id="invite-link">([^<]+)</.exec(made)![1]!
    expect(link).toMatch(/^http:\/\/localhost:3000\/admin\/invite\?token=/)
    const page = await (await admin.get(path, session)).text()
    expect(page).toContain('guest@nest.test')
    expect(page).not.toContain('token=')
    const id = /invites\/([0-9a-f-]+)\/revoke/.exec(page)![1]
    await admin.post(`${path}/${id}/revoke`, {}, session)
    expect((await admin.get(link.replace('http://localhost:3000', ''))).status).toBe(403)
    const refused = await admin.post(path, { email: owner.email, role: 'member' }, session)
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('<a href="#email">')])
  })

  test('a key is made, shown once, and revoked', async () => {
    const session = await signedIn()
    const path = '/admin/settings/keys'
    const form = new URLSearchParams({ name: 'CRM', kind: 'secret', days: '30' })
    for (const scope of ['leads:read', 'leads:write']) form.append('scopes', scope)
    const headers = { origin: 'http://localhost:3000', ...session }
    const made = await (
      await admin.app.request(`http://localhost:3000${path}`, { method: 'POST', body: form, headers })
    ).text()
    const key = /id="new-key">([^<]+)</.exec(made)![1]!
    expect((await admin.request('GET /v1/leads', { key })).status).toBe(200)
    const page = await (await admin.get(path, session)).text()
    expect(page).toContain('leads:read, leads:write')
    expect(page).not.toContain(key)
    const id = [...page.matchAll(/keys\/([0-9a-f-]+)\/revoke/g)].at(-1)![1]
    expect((await admin.post(`${path}/${id}/revoke`, {}, session)).status).toBe(303)
    expect((await admin.request('GET /v1/leads', { key })).status).toBe(401)

    const refused = await admin.post(
      path,
      { name: 'Site', kind: 'publishable', origins: 'https://a.example, *', days: '' },
      session,
    )
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('<a href="#origins">')])
    const none = await admin.post(path, { name: 'None', kind: 'secret', days: '' }, session)
    expect([none.status, await none.text()]).toEqual([422, expect.stringContaining('<a href="#scopes">')])
  })

  test('keys are not for those who may not read them', async () => {
    const { session } = await person()
    expect((await admin.get('/admin/settings/keys', session)).status).toBe(403)
    expect(await (await admin.get('/admin/settings/workspace', session)).text()).not.toContain('/admin/settings/keys')
  })
})
