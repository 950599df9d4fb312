import { importPowersOf } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importing } from '../../../../../core/src/imports/testing/lines.ts'
import { type Admin, openAdmin, signInOwner } from '../../testing/open-admin.ts'

let admin: Admin
let cookie: { cookie: string }
let key: string
let time = Date.parse('2026-11-25T09:00:00.000Z')
beforeAll(async () => {
  admin = await openAdmin({ now: () => new Date(time), plugins: [importing] })
  cookie = await signInOwner(admin)
  key = await admin.nest.key()
})
afterAll(() => admin.close())

const ask = async (route: string, body?: object) => {
  const { json } = await admin.request(route, { key, ...(body && { body }) })
  time += 1000
  await admin.nest.settle()
  time += 1000
  return json
}
const page = async (path: string) => {
  const answer = await admin.get(path, cookie)
  const text = (await answer.text()).replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
  return { status: answer.status, location: answer.headers.get('location'), text }
}

test('a page says why, in words, and the page of the lead leads to it', async () => {
  const { id: ben } = await admin.nest.user({ email: 'ben@example.com', password: 'correct horse battery' })
  const rule = { name: 'Sales <b>', strategy: 'least_busy', memberIds: [ben] }
  await ask('POST /v1/assignment-rules', rule)
  await ask('POST /v1/score-rules', { name: 'Known by mail', points: 5, filter: 'email is not empty' })
  await ask(`PATCH /v1/members/${ben}`, { absentUntil: '2026-12-01T00:00:00.000Z' })
  const lead = await ask('POST /v1/leads', { email: 'ada@example.com' })
  const other = await ask('POST /v1/leads', { externalId: 'other', phone: '+442079460001' })
  await ask('POST /v1/leads', { email: 'ada@example.com', externalId: 'other' })
  await ask(`PATCH /v1/members/${ben}`, { absentUntil: null })
  const merged = await ask('POST /v1/leads', { email: 'lovelace@example.com', externalId: 'ada' })
  await ask('POST /v1/leads/merge', { leadIds: [lead.id, merged.id] })
  await ask('POST /v1/leads', { email: 'lovelace@example.com' })

  expect(await (await admin.get(`/admin/leads/${lead.id}`, cookie)).text()).toContain(
    `href="/admin/leads/${lead.id}/why"`,
  )
  const { status, text } = await page(`/admin/leads/${lead.id}/why`)
  expect(status).toBe(200)
  for (const words of [
    'A new lead: nobody was known by what was given',
    'Score 0 → 5 +5 Known by mail',
    'Nobody could take it, so it waits By the rule “Sales &lt;b&gt;”: it goes to who has the fewest open leads. ben@example.com was away.',
    'Given to ben@example.com By the rule “Sales &lt;b&gt;”',
    'ben@example.com had 0 open leads.',
    'The same person as before: known by the e-mail address of a lead that was merged into it',
    'The e-mail address was not written: it is one that it is known by since a merge, and its own stays.',
  ])
    expect(text).toContain(words)
  expect((await page(`/admin/leads/${other.id}/why`)).text).toContain('May be the same person as another lead')
  expect(await page(`/admin/leads/${merged.id}/why`)).toMatchObject({
    status: 303,
    location: `/admin/leads/${lead.id}/why`,
  })
  expect((await page('/admin/leads/none/why')).status).toBe(404)
})

test('who was known by the id that a file gave is told so', async () => {
  const { workspaceId } = admin.nest
  const { id } = await ask('POST /v1/leads', { phone: '+442079460009', name: 'Before' })
  const imports = importPowersOf(admin.nest, workspaceId, () => undefined)
  async function* bytes() {
    yield Buffer.from(`id\temail\tname\n${id}\t\tAfter`)
  }
  const { id: fileId } = await imports.store(bytes(), { name: 'a.tsv' })
  const by = { actor: { type: 'system', id: null, name: null }, source: 'command' } as const
  expect(await imports.begin({ fileId, format: 'lines' }, by)).toMatchObject({ updated: 1 })
  expect((await page(`/admin/leads/${id}/why`)).text).toContain('The same person as before: known by its id')
})
