import { setupToken } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, owner } from '../testing/open-admin.ts'

describe('signing in', () => {
  let admin: Admin
  beforeAll(async () => {
    admin = await openAdmin()
    await admin.nest.user({ ...owner, role: 'owner' })
  })
  afterAll(() => admin.close())

  test('a stranger is asked to sign in and then brought to the page they wanted', async () => {
    const guarded = await admin.get('/admin/leads?q=ada&sort=createdAt')
    const signIn = guarded.headers.get('location') ?? ''
    expect(signIn).toBe('/admin/sign-in?next=%2Fadmin%2Fleads%3Fq%3Dada%26sort%3DcreatedAt')

    const page = await (await admin.get(signIn)).text()
    expect(page).toContain('name="next" value="/admin/leads?q=ada&amp;sort=createdAt"')

    const answer = await admin.post('/admin/sign-in', { ...owner, next: '/admin/leads?q=ada&sort=createdAt' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/admin/leads?q=ada&sort=createdAt'])
    const set = answer.headers.get('set-cookie') ?? ''
    expect(set).toMatch(/^leadnest=/)
    expect(set).toContain('HttpOnly')
    expect(set).toContain('SameSite=Lax')
    expect(set).toContain('Path=/')
    expect((await admin.get('/admin/leads', cookieOf(answer))).status).toBe(200)
  })

  test('a foreign address in next is not followed', async () => {
    const answer = await admin.post('/admin/sign-in', { ...owner, next: '//evil.example' })
    expect(answer.headers.get('location')).toBe('/admin')
  })

  test('a wrong password keeps the e-mail and ties the error to the field', async () => {
    const answer = await admin.post('/admin/sign-in', { email: owner.email, password: 'wrong', next: '/admin/held' })
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(page).toMatch(/role="alert"[\s\S]*<a href="#password">E-mail or password is not right\.<\/a>/)
    expect(page).toMatch(/<input id="password"[^>]*aria-describedby="password-error"/)
    expect(page).toContain('<p class="field-error" id="password-error">')
    expect(page).toMatch(/<input id="email"[^>]*value="owner@nest\.test"/)
    expect(page).toContain('name="next" value="/admin/held"')
    expect(page).not.toContain('value="wrong"')
  })

  test('somebody unknown is answered in the same words as a wrong password', async () => {
    const [known, unknown] = await Promise.all(
      [owner.email, 'nobody@nest.test'].map(async (email) =>
        (await (await admin.post('/admin/sign-in', { email, password: 'wrong' })).text()).replaceAll(email, ''),
      ),
    )
    expect(known).toBe(unknown)
  })

  test('signing out ends the session on the server, not only in the browser', async () => {
    const session = cookieOf(await admin.post('/admin/sign-in', owner))
    const answer = await admin.post('/admin/sign-out', {}, session)
    expect(answer.headers.get('location')).toBe('/admin/sign-in')
    expect(answer.headers.get('set-cookie')).toMatch(/^leadnest=; .*Max-Age=0/)
    expect((await admin.get('/admin/leads', session)).headers.get('location')).toContain('/admin/sign-in')
  })
})

test('in production the cookie is bound to the host and to https', async () => {
  const admin = await openAdmin({ production: true })
  await admin.nest.user({ ...owner, role: 'owner' })
  const set = (await admin.post('/admin/sign-in', owner)).headers.get('set-cookie') ?? ''
  expect(set).toMatch(/^__Host-leadnest=/)
  expect(set).toContain('Secure')
  expect(set).toContain('Path=/')
  expect(set).not.toContain('Domain')
  await admin.close()
})

test('the set-up link makes the owner once, and tells what is wrong with an address or a password', async () => {
  const admin = await openAdmin()
  expect((await admin.get('/admin/sign-in')).headers.get('location')).toBe('/admin/setup')
  expect(await (await admin.get('/admin/setup')).text()).toContain('/admin/setup?token=…')

  const token = await setupToken(admin.nest)
  expect((await admin.post('/admin/setup', { token: 'guessed', ...owner })).status).toBe(403)

  const weak = await admin.post('/admin/setup', { token, email: owner.email, password: 'short', name: 'Ada' })
  const page = await weak.text()
  expect(weak.status).toBe(422)
  expect(page).toContain('<a href="#password">')
  expect(page).toMatch(
    /<input id="password"[^>]*aria-invalid="true"[^>]*aria-describedby="password-error password-hint"/,
  )
  expect(page).toMatch(/<input id="name"[^>]*value="Ada"/)

  const done = await admin.post('/admin/setup', { token, ...owner, name: 'Ada' })
  expect([done.status, done.headers.get('location')]).toEqual([303, '/admin/leads'])
  expect(await (await admin.get('/admin/leads', cookieOf(done))).text()).toContain('owner@nest.test')

  expect((await admin.post('/admin/setup', { token, ...owner, email: 'second@nest.test' })).status).toBe(403)
  await admin.close()
})
