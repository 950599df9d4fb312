import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf } from '../../../../server/src/admin/testing/open-admin.ts'
import { type OpenEmail, openEmail } from '../testing/open.ts'

const origin = 'http://localhost:3000'
const at = `${origin}/admin/plugins/email`
const password = 'a long phrase of theirs'
let desk: OpenEmail
let olga: string
let milo: string

beforeAll(async () => {
  desk = await openEmail()
  olga = (await desk.nest.user({ email: 'olga@acme.example', password })).id
  milo = (await desk.nest.user({ email: 'milo@acme.example', password, role: 'viewer' })).id
})
afterAll(() => desk.close())

async function as(email: string) {
  const send = (path: string, fields: Record<string, string>, headers = {}) =>
    desk.app.request(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin, ...headers } })
  const session = cookieOf(await send(`${origin}/admin/sign-in`, { email, password }))
  return {
    look: async (path: string) => (await desk.app.request(at + path, { headers: session })).text(),
    send: (path: string, fields: Record<string, string>) => send(at + path, fields, session),
  }
}

const only = (kind: string) => ({ [kind]: 'true', pace: 'every hour' })

test('everybody says what they hear of, an admin says it for others', async () => {
  const [owner, viewer] = [await as('olga@acme.example'), await as('milo@acme.example')]
  expect((await viewer.send(`/people/${milo}`, only('reply'))).status).toBe(303)
  expect((await viewer.send(`/people/${olga}`, only('reply'))).status).toBe(403)
  const page = await viewer.look('')
  expect(page).toContain(`href="/admin/plugins/email/people/${milo}"`)
  expect(page).not.toContain(`people/${olga}`)
  expect(page).toContain('<td>every hour</td>')
  expect((await owner.send(`/people/${milo}`, only('held'))).status).toBe(303)
  expect((await owner.send(`/people/${milo}`, { pace: 'never' })).status).toBe(422)

  await desk.nest.capture('contact', { name: 'Ada', email: 'ada@example.com' })
  await desk.nest.settle()
  expect(desk.mail.received().map(({ envelope }) => envelope.to.join())).toEqual(['olga@acme.example'])
  expect((await owner.send(`/people/${desk.nest.workspaceId}`, only('held'))).status).toBe(404)
})
