import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, signInOwner } from '../../../../server/src/admin/testing/open-admin.ts'
import { inbound } from '../index.ts'

const at = '/admin/plugins/inbound'
let admin: Admin
let session: { cookie: string }
let viewer: { cookie: string }

beforeAll(async () => {
  admin = await openAdmin({ plugins: [inbound()] })
  session = await signInOwner(admin)
  const theirs = { email: 'viewer@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...theirs, role: 'viewer' })
  viewer = cookieOf(await admin.post('/admin/sign-in', theirs))
})
afterAll(() => admin.close())

const look = async (path: string, as = session) => {
  const answer = await admin.get(path, as)
  return { status: answer.status, text: await answer.text() }
}
const send = async (path: string, fields: Record<string, string> = {}, as = session) => {
  const answer = await admin.post(path, fields, as)
  return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() }
}

test('a source is added, tried with a sample, mapped, and its calls are seen and replayed', async () => {
  expect((await look(at)).text).toContain('Nothing calls yet.')
  const wrong = await send(`${at}/add`, { name: '', kind: 'meta', form: 'contact' })
  expect(wrong).toMatchObject({ status: 422, text: expect.stringContaining('This is missing.') })
  const made = await send(`${at}/add`, { name: '<b>Page', kind: 'json', form: 'contact' })
  const [, url, secret] = /<code>(http[^<]+)<\/code>[\s\S]*<code>(whsec_[^<]+)<\/code>/.exec(made.text)!
  const id = url!.split('/').at(-1)!
  const page = `${at}/sources/${id}`
  expect((await look(at)).text).toContain(`<a href="${page}">&lt;b&gt;Page</a>`)
  expect((await look(page)).text).not.toContain(secret)

  const sample = await send(`${page}/sample`, { sample: '{"contact":{"at":"ada@example.com"},"x":"<i>"}' })
  expect(sample.text).toContain('<option value="contact.at">contact.at</option>')
  expect(sample.text).toContain('<td>&lt;i&gt;</td>')
  expect(sample.text).toMatch(/<li>email: /)
  const odd = await send(`${page}/sample`, { sample: '[1' })
  expect(odd).toMatchObject({ status: 422, text: expect.stringContaining('Paste one JSON object') })
  expect(odd.text).toContain('>[1</textarea>')

  const call = { method: 'POST', body: '{"contact":{"at":"ada@example.com"},"who":"Ada"}' }
  await admin.app.request(url!, { ...call, headers: { authorization: `Bearer ${secret}` } })
  await admin.nest.settle()
  const [, refused] = new RegExp(`href="${at}/calls/([^"]+)"`).exec((await look(page)).text)!
  expect((await look(`${at}/calls/${refused}`)).text).toContain('refused')

  expect(await send(`${page}/mapping`, { email: 'contact.at', name: 'who', message: '' })).toMatchObject({
    status: 303,
  })
  expect((await look(page)).text).toContain('<option value="contact.at" selected="">contact.at</option>')
  expect((await send(`${at}/calls/${refused}/replay`)).to).toContain(page)
  await admin.nest.settle()
  expect((await look(page)).text).toMatch(/<a href="\/admin\/leads\/[^"]+">accepted<\/a>/)
  expect((await look(`${at}/calls/${refused}`)).text).not.toContain('Replay')

  expect((await send(`${page}/turn`, { enabled: 'false' })).status).toBe(303)
  expect((await look(at)).text).toContain('>off</small>')
  expect((await send(`${page}/delete`)).to).toContain(at)
  expect((await look(page)).status).toBe(404)
})

test('a viewer looks, and changes nothing', async () => {
  expect((await look(at, viewer)).text).not.toContain(`action="${at}/add"`)
  expect((await send(`${at}/add`, { name: 'x', kind: 'json', form: 'contact' }, viewer)).status).toBe(403)
})
