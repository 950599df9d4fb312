import { listAssignmentRules, listMembers, listScoreRules, sql } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, origin, signInOwner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
let member: { cookie: string }
let ids: string[]

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
  const user = { email: 'zoe@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...user, role: 'member' })
  member = cookieOf(await admin.post('/admin/sign-in', user))
  ids = (await listMembers(admin.nest, admin.nest.workspaceId)).map(({ id }) => id)
})
afterAll(() => admin.close())

const post = (path: string, sent: [string, string][] | Record<string, string>, as = session) =>
  admin.app.request(origin + path, { method: 'POST', body: new URLSearchParams(sent), headers: { origin, ...as } })
const page = async (path: string, as = session) => (await admin.get(path, as)).text()

describe('assignment rules', () => {
  const path = '/admin/settings/assignment'
  const rules = () => listAssignmentRules(admin.nest, admin.nest.workspaceId)
  const filled = (name: string, changed: Record<string, string> = {}): [string, string][] => [
    ...Object.entries({ name, filter: 'company = acme', strategy: 'fixed', enabled: 'true', ...changed }),
    ...ids.map((id): [string, string] => ['memberIds', id]),
  ]

  test('are added, put in order, changed, turned off and deleted', async () => {
    expect(await page(path)).toContain('No rule yet')
    for (const name of ['One', 'Two']) expect((await post(path, filled(name))).status).toBe(303)
    const [one, two] = await rules()
    expect(one).toMatchObject({
      name: 'One',
      filter: 'company = acme',
      strategy: 'fixed',
      memberIds: ids,
      enabled: true,
    })
    await post(`${path}/${two!.id}/move`, { step: 'up' })
    expect((await rules()).map(({ name }) => name)).toEqual(['Two', 'One'])
    await post(`${path}/${two!.id}/move`, { step: 'up' })
    await post(`${path}/${two!.id}/move`, { step: 'down' })
    expect((await rules()).map(({ name }) => name)).toEqual(['One', 'Two'])

    expect(await page(`${path}/${one!.id}`)).toContain('value="company = acme"')
    await post(`${path}/${one!.id}`, [
      ['name', 'First'],
      ['filter', ''],
      ['strategy', 'least_busy'],
      ['memberIds', ids[1]!],
    ])
    expect((await rules())[0]).toMatchObject({ name: 'First', filter: '', memberIds: [ids[1]], enabled: false })
    expect(await page(path)).toMatch(/First<\/a> <span class="stage lost">Off/)
    await post(`${path}/${two!.id}/delete`, {})
    expect((await rules()).map(({ name }) => name)).toEqual(['First'])
  })

  test.each([
    [{ name: '' }, 'name', 'Give it a name.'],
    [{ filter: 'stage =' }, 'filter', 'Position 8'],
    [{ strategy: 'luck' }, 'strategy', ''],
  ])('with %j are refused at the field, as typed', async (changed, field, message) => {
    const answer = await post(path, filled('Kept', changed))
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain(`<a href="#${field}">${message}`)
    if (field !== 'name') expect(html).toContain('value="Kept"')
    expect(html).toContain(`value="${ids[0]}" checked=""`)
  })

  test('keep who left until somebody takes them out, and take nobody who is not there', async () => {
    const gone = await admin.nest.user({ email: 'gone@nest.test', password: 'a long phrase of theirs', role: 'member' })
    const before = await rules()
    await post(path, [...filled('Leaving'), ['memberIds', gone.id]])
    await admin.nest.inWorkspace(admin.nest.workspaceId, (tx) =>
      tx.query(sql`delete from memberships where workspace_id = ${admin.nest.workspaceId} and user_id = ${gone.id}`),
    )
    const { id } = (await rules()).find(({ name }) => name === 'Leaving')!
    const memberIds = async () => (await rules()).find((rule) => rule.id === id)!.memberIds
    expect(await page(`${path}/${id}`)).toMatch(new RegExp(`value="${gone.id}" checked=""/> Somebody who left`))
    expect((await post(`${path}/${id}`, [...filled('Left'), ['memberIds', gone.id]])).status).toBe(303)
    expect(await memberIds()).toEqual([...ids, gone.id])
    await post(`${path}/${id}`, filled('Without'))
    expect(await memberIds()).toEqual(ids)
    const again = await post(`${path}/${id}`, [...filled('Again'), ['memberIds', gone.id]])
    expect([again.status, await again.text()]).toEqual([422, expect.stringContaining('There is no such member.')])
    await post(`${path}/${id}/delete`, {})
    expect(await rules()).toEqual(before)
  })

  test('need somebody', async () => {
    const html = await (await post(path, { name: 'Nobody', filter: '', strategy: 'fixed' })).text()
    expect(html).toMatch(/<a href="#memberIds">/)
    expect(html).toContain('id="memberIds-error"')
  })
})

describe('score rules', () => {
  const path = '/admin/settings/scores'
  const rules = () => listScoreRules(admin.nest, admin.nest.workspaceId)
  const filled = (changed: Record<string, string> = {}) => ({
    name: 'Has a company',
    points: '10',
    by: 'filter',
    filter: 'company is not empty',
    type: 'lead.captured',
    formSlug: '',
    max: '',
    enabled: 'true',
    ...changed,
  })

  test('count a filter or what happened, and are changed and deleted', async () => {
    await post(path, filled())
    await post(path, filled({ name: 'Wrote', points: '-5', by: 'event', formSlug: 'contact', max: '3' }))
    const all = await rules()
    const [company, wrote] = ['Has a company', 'Wrote'].map((name) => all.find((rule) => rule.name === name)!)
    expect(company).toMatchObject({ points: 10, filter: 'company is not empty', event: null })
    expect(wrote).toMatchObject({
      points: -5,
      filter: null,
      event: { type: 'lead.captured', formSlug: 'contact', max: 3 },
    })
    expect(await page(path)).toContain('Each time: They sent a form (contact), at most 3 times')
    expect(await page(`${path}/${wrote!.id}`)).toMatch(/value="event" checked=""/)
    await post(`${path}/${wrote!.id}`, filled({ name: 'Other', points: '+7' }))
    expect((await rules()).find(({ id }) => id === wrote!.id)).toMatchObject({ points: 7, event: null })
    await post(`${path}/${wrote!.id}/delete`, {})
    expect(await rules()).toHaveLength(1)
  })

  test('of an own event keep its name', async () => {
    const own = { name: 'Upgraded', by: 'event', type: 'lead.tracked', eventName: 'plan.upgraded' }
    await post(path, filled(own))
    const { id } = (await rules()).find(({ name }) => name === 'Upgraded')!
    expect(await page(path)).toContain('Each time: They did something that your software told (plan.upgraded)')
    expect(await page(`${path}/${id}`)).toMatch(/id="eventName"[^>]*value="plan.upgraded"/)
    await post(`${path}/${id}`, filled({ ...own, points: '3' }))
    const event = { type: 'lead.tracked', name: 'plan.upgraded' }
    expect((await rules()).find((rule) => rule.id === id)).toMatchObject({ points: 3, event })
  })

  test.each([
    [{ by: 'event', type: 'lead.tracked', eventName: 'No!' }, 'eventName', 'Use small letters'],
    [{ points: '0' }, 'points', 'A rule gives points'],
    [{ name: '' }, 'name', 'Give it a name.'],
    [{ points: 'many' }, 'points', 'Write a whole number.'],
    [{ points: '5000' }, 'points', 'From -1000 to 1000.'],
    [{ filter: 'stage =' }, 'filter', 'Position 8'],
    [{ filter: '' }, 'filter', 'Say which leads.'],
    [{ by: 'event', max: '0' }, 'max', 'At least 1.'],
    [{ by: 'event', type: 'sneezed' }, 'type', ''],
  ])('with %j are refused at the field, as typed', async (changed, field, message) => {
    const answer = await post(path, filled({ name: 'Kept', ...changed }))
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain(`<a href="#${field}">${message}`)
    if (field !== 'name') expect(html).toContain('value="Kept"')
  })
})

test.each(['assignment', 'scores'])('%s are read by members, and changed by those who may', async (place) => {
  const path = `/admin/settings/${place}`
  expect(await page(path, member)).not.toContain('Add a rule')
  for (const to of [path, `${path}/x`, `${path}/x/delete`]) expect((await post(to, {}, member)).status).toBe(403)
  expect((await admin.get(`${path}/x`, session)).status).toBe(404)
  expect((await post(`${path}/x`, {})).status).toBe(404)
})
