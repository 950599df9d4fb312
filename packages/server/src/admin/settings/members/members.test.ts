import { listMembers, updateWorkspaceSettings } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, owner, signInOwner } from '../../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
let ownerId: string
const path = '/admin/settings/members'
const password = 'a long phrase of theirs'

const members = () => listMembers(admin.nest, admin.nest.workspaceId)
const member = async (id: string) => (await members()).find((member) => member.id === id)
const page = async (at: string, as = session) => (await admin.get(at, as)).text()
async function join(name: string, role: 'admin' | 'member' | 'viewer') {
  const user = { email: `${name}@nest.test`, password }
  const { id } = await admin.nest.user({ ...user, role })
  return { id, signIn: async () => cookieOf(await admin.post('/admin/sign-in', user)) }
}

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
  ownerId = (await members())[0]!.id
  const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'system' as const }
  await updateWorkspaceSettings(admin.nest, admin.nest.workspaceId, { timeZone: 'Europe/Berlin' }, by)
})
afterAll(() => admin.close())

test('somebody with an account is added, and who has none is told how to get one', async () => {
  const other = await admin.nest.user({ email: 'carol@nest.test', password, role: 'member' })
  await admin.post(`${path}/${other.id}/remove`, {}, session)
  expect(await member(other.id)).toBeUndefined()
  const answer = await admin.post(path, { email: ' Carol@nest.test', role: 'viewer' }, session)
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `${path}?saved=1`])
  expect(await member(other.id)).toMatchObject({ role: 'viewer' })
  expect(await page(path)).toContain('carol@nest.test')

  for (const [email, role, status, message] of [
    ['nobody@nest.test', 'member', 422, 'There is no user nobody@nest.test here.'],
    ['carol@nest.test', 'member', 409, 'This user is a member already.'],
    ['nonsense', 'member', 422, 'Enter an e-mail address'],
    ['carol@nest.test', 'king', 422, ''],
  ] as const) {
    const refused = await admin.post(path, { email, role }, session)
    const html = await refused.text()
    expect([refused.status, html]).toEqual([status, expect.stringContaining(message)])
    expect(html).toContain(`value="${email}"`)
  }
})

test('a role is changed, but nobody makes an owner without being one, and the last owner stays', async () => {
  const boss = await join('boss', 'admin')
  const ann = await join('ann', 'member')
  const theirs = await boss.signIn()
  expect((await admin.post(`${path}/${ann.id}/role`, { role: 'viewer' }, theirs)).status).toBe(303)
  expect((await member(ann.id))!.role).toBe('viewer')
  expect((await admin.post(`${path}/${ann.id}/role`, { role: 'owner' }, theirs)).status).toBe(403)
  expect(await page(`${path}/${ann.id}`, theirs)).not.toContain('value="owner"')
  expect(await page(`${path}/${ownerId}`, theirs)).not.toMatch(/Save role|Remove from/)

  const last = await admin.post(`${path}/${ownerId}/role`, { role: 'admin' }, session)
  expect([last.status, await last.text()]).toEqual([409, expect.stringContaining('A workspace keeps an owner.')])
  const leaving = await admin.post(`${path}/${ownerId}/remove`, {}, session)
  expect([leaving.status, await leaving.text()]).toEqual([409, expect.stringContaining('A workspace keeps an owner.')])
})

describe('a member', () => {
  test('sets their own absence and hours, and nobody else’s, and may leave', async () => {
    const dan = await join('dan', 'member')
    const theirs = await dan.signIn()
    const mine = `${path}/${dan.id}`
    await admin.post(`${mine}/absence`, { absentFrom: '2026-07-01T09:00', absentUntil: '2099-12-01T09:00' }, theirs)
    expect(await member(dan.id)).toMatchObject({
      absentFrom: '2026-07-01T07:00:00.000Z',
      absentUntil: '2099-12-01T08:00:00.000Z',
    })
    const html = await page(mine, theirs)
    expect(html).toContain('value="2026-07-01T09:00"')
    expect(html).not.toContain('Save role')
    expect(await page(path, theirs)).toContain('Absent until 2099-12-01 09:00')
    await admin.post(`${mine}/hours`, { hours: 'these', 'hours-5': '10-12' }, theirs)
    expect((await member(dan.id))!.workingHours).toEqual([{ days: [5], from: '10:00', to: '12:00' }])

    for (const form of ['absence', 'hours', 'role', 'remove'])
      expect((await admin.post(`${path}/${ownerId}/${form}`, { role: 'viewer' }, theirs)).status).toBe(403)
    expect((await admin.post(path, { email: owner.email, role: 'viewer' }, theirs)).status).toBe(403)
    expect(await page(`${path}/${ownerId}`, theirs)).not.toMatch(/Save|Remove/)

    expect((await admin.post(`${mine}/remove`, {}, theirs)).headers.get('location')).toMatch(/^\/admin\/sign-in/)
    expect(await member(dan.id)).toBeUndefined()
  })

  test.each([
    ['absence', { absentFrom: 'soon', absentUntil: '' }, 'absentFrom', 'Write a time'],
    ['absence', { absentFrom: '2026-07-02T09:00', absentUntil: '2026-07-01T09:00' }, 'absentUntil', 'An absence ends'],
    ['hours', { hours: 'these', 'hours-2': 'late' }, 'hours-2', 'Tuesday'],
    ['role', { role: 'king' }, 'role', ''],
  ])('keeps what was typed for %s %j', async (form, typed, field, message) => {
    const answer = await admin.post(`${path}/${ownerId}/${form}`, typed as Record<string, string>, session)
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain(`<a href="#${field}">${message}`)
    if (field !== 'role') expect(html).toContain(`value="${Object.values(typed)[0]}"`)
  })

  test('who is none is not found', async () => {
    expect((await admin.get(`${path}/x`, session)).status).toBe(404)
    expect((await admin.post(`${path}/x/role`, { role: 'viewer' }, session)).status).toBe(404)
  })
})
