import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Admin, openAdmin, origin, owner, signInOwner } from './testing/open-admin.ts'

const foreign: [who: string, headers: Record<string, string | undefined>][] = [
  ['another site', { origin: 'https://evil.example' }],
  ['a sibling of the same site', { origin: 'http://shop.localhost:3000' }],
  ['the same host by another scheme or port', { origin: 'http://localhost:8080' }],
  ['a look-alike', { origin: 'http://localhost.evil.example:3000' }],
  ['a sandboxed page (Origin: null)', { origin: 'null' }],
  ['somebody without an Origin', { origin: undefined }],
  ['another site with our Referer', { origin: 'https://evil.example', referer: `${origin}/admin/leads` }],
]

const writes: [path: string, fields: Record<string, string>][] = [
  ['/admin/sign-in', owner],
  ['/admin/sign-out', {}],
  ['/admin/setup', { token: 'x', ...owner }],
  ['/admin/workspace', { workspaceId: 'x' }],
  ['/admin/forms/x/origins', { origins: 'https://evil.example' }],
  ['/admin/settings/workspace', { name: 'Evil' }],
  ['/admin/settings/pipelines', { name: 'Evil' }],
  ['/admin/settings/pipelines/x', { name: 'Evil' }],
  ['/admin/settings/pipelines/x/delete', {}],
  ['/admin/settings/fields', { label: 'Evil' }],
  ['/admin/settings/fields/x', { label: 'Evil' }],
  ['/admin/settings/fields/x/archive', {}],
  ['/admin/settings/members', { email: 'evil@example.com', role: 'owner' }],
  ['/admin/settings/members/x/role', { role: 'owner' }],
  ['/admin/settings/members/x/remove', {}],
  ['/admin/settings/assignment', { name: 'Evil' }],
  ['/admin/settings/assignment/x/delete', {}],
  ['/admin/settings/scores', { name: 'Evil' }],
  ['/admin/settings/scores/x/delete', {}],
  ['/admin/sign-in/code', { ticket: 'x', totp: '1' }],
  ['/admin/reset', { token: 'x', password: 'x' }],
  ['/admin/invite', { token: 'x', password: 'x' }],
  ['/admin/account/name', { name: 'Evil' }],
  ['/admin/account/password', { current: 'x', password: 'y' }],
  ['/admin/account/totp', { 'totp-password': 'x' }],
  ['/admin/account/totp/confirm', { code: '1' }],
  ['/admin/account/totp/disable', { 'totp-password': 'x', code: '1' }],
  ['/admin/account/sessions/end-others', {}],
  ['/admin/account/sessions/x/end', {}],
  ['/admin/settings/keys', { name: 'Evil', kind: 'secret', scopes: 'leads:read' }],
  ['/admin/settings/keys/x/revoke', {}],
  ['/admin/settings/members/invites', { email: 'evil@example.com', role: 'owner' }],
  ['/admin/settings/members/invites/x/revoke', {}],
  ['/admin/leads/x', { company: 'Evil' }],
  ['/admin/leads/x/tags', { add: 'evil' }],
  ['/admin/leads/x/notes', { body: 'Evil' }],
  ['/admin/leads/x/notes/y', { body: 'Evil' }],
  ['/admin/leads/x/notes/y/delete', {}],
  ['/admin/leads/bulk', { which: 'matching', action: 'delete' }],
  ['/admin/jobs/x/cancel', {}],
  ['/admin/jobs/x/undo', {}],
  ['/admin/leads/segments', { name: 'Evil' }],
  ['/admin/leads/segments/x/delete', {}],
  ['/admin/leads/x/consents', { 'consent-action': 'grant', 'consent-channel': 'email' }],
  ['/admin/settings/suppressions', { channel: 'email', address: 'evil@example.com' }],
  ['/admin/settings/suppressions/x/delete', {}],
  ['/admin/forms/x/consents', { 'consents.0.text': 'Evil' }],
  ['/admin/leads/x/next-action', { 'nextAction.text': 'Evil' }],
  ['/admin/leads/x/merge/y', {}],
  ['/admin/leads/x/merges/y/undo', {}],
  ['/admin/leads/x/duplicates/y/dismiss', {}],
  ['/admin/leads/x/delete', {}],
]

describe('a form that was not sent by our own pages', () => {
  let admin: Admin
  let session: { cookie: string }
  beforeAll(async () => {
    admin = await openAdmin()
    session = await signInOwner(admin)
  })
  afterAll(() => admin.close())

  const cases = writes.flatMap(([path, fields]) => foreign.map(([who, headers]) => ({ path, fields, who, headers })))
  test.each(cases)('$path from $who is refused and changes nothing', async ({ path, fields, headers }) => {
    const all = new Headers(session)
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) all.set(name, value)
    const answer = await admin.app.request(origin + path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: all,
    })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(await answer.text()).toContain('This request came from somewhere else')
    expect((await admin.get('/admin/leads', session)).status).toBe(200)
  })

  test.each(['PUT', 'PATCH', 'DELETE', 'POST'])(
    '%s on any address is refused before it is looked at',
    async (method) => {
      const answer = await admin.app.request(`${origin}/admin/leads`, { method, headers: session })
      expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('somewhere else')])
    },
  )
})

test('outside production the address in use is our own too; in production only the public one is', async () => {
  const [trial, production] = await Promise.all([openAdmin(), openAdmin({ production: true })])
  const elsewhere = { host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' }
  for (const admin of [trial, production]) await admin.nest.user({ ...owner, role: 'owner' })
  expect((await trial.post('/admin/sign-in', owner, elsewhere)).status).toBe(303)
  expect((await production.post('/admin/sign-in', owner, elsewhere)).status).toBe(403)
  expect((await production.post('/admin/sign-in', owner)).status).toBe(303)
  await Promise.all([trial.close(), production.close()])
})
