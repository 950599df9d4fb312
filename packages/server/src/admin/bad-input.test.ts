import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, openAdmin, origin, owner, signInOwner } from './testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
})
afterAll(() => admin.close())

const tooLarge = new URLSearchParams({ ...owner, padding: 'x'.repeat(65 * 1024) }).toString()

test.each([
  ['announced', { 'content-length': String(tooLarge.length) }],
  ['only seen while it arrives', {}],
])(
  'a body that is too large, %s, is refused before it is kept, with a page that names the request',
  async (_, headers) => {
    const answer = await admin.app.request(`${origin}/admin/sign-in`, {
      method: 'POST',
      body: tooLarge,
      headers: { origin, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
    const page = await answer.text()
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([413, null])
    expect(page).toContain('<h1>This is too large</h1>')
    expect(page).toContain(`<code>${answer.headers.get('x-request-id')}</code>`)
  },
)

test.each([
  ['/admin/sign-in', 'email'],
  ['/admin/setup', 'token'],
  ['/admin/workspace', 'workspaceId'],
  ['/admin/forms/x/origins', 'origins'],
  ['/admin/settings/workspace', 'name'],
  ['/admin/settings/pipelines', 'name'],
  ['/admin/leads/x/tags', 'add'],
  ['/admin/leads/x/notes', 'body'],
  ['/admin/leads/x/notes/y', 'body'],
])('U+0000 in a form for %s is refused in words, as the API does', async (path, field) => {
  const answer = await admin.post(path, { [field]: 'a\u0000b' }, session)
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain('Some of this is no text.')
})
