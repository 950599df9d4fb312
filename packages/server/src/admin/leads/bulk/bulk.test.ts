import { createLead, getJob, listLeads } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, origin, signInOwner } from '../../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
let ids: string[]
const by = { actor: { type: 'key' as const, id: null, name: 'Shop' }, source: 'api' as const }
const path = '/admin/leads/bulk'

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
  ids = []
  for (let i = 0; i < 12; i++) {
    const lead = { email: `l${i}@example.com`, name: `Lead ${i}` }
    ids.push((await createLead(admin.nest, admin.nest.workspaceId, lead, by)).result.id)
  }
})
afterAll(() => admin.close())

const page = async (at: string, as = session) => (await admin.get(at, as)).text()
const post = (at: string, sent: [string, string][], as = session) =>
  admin.app.request(origin + at, { method: 'POST', body: new URLSearchParams(sent), headers: { origin, ...as } })
const leads = async () => (await listLeads(admin.nest, admin.nest.workspaceId, { limit: 50, sort: 'createdAt' })).data
const ticked = (...places: number[]): [string, string][] => places.map((i) => ['ids', ids[i]!])
async function done(answer: Response) {
  const at = answer.headers.get('location')!
  expect([answer.status, at]).toEqual([303, expect.stringMatching(/^\/admin\/jobs\//)])
  await admin.nest.settle()
  return { at, job: await getJob(admin.nest, admin.nest.workspaceId, at.split('/').at(-1)!) }
}

test('rows are ticked, told again, changed by a job, and put back', async () => {
  const list = await page('/admin/leads')
  expect(list).toContain(`name="ids" value="${ids[0]}" form="bulk" aria-label="Tick Lead 0"`)
  const chosen = await page(`${path}?which=ids&ids=${ids[0]}&ids=${ids[1]}`)
  expect(chosen).toContain('<h1>Change 2 leads</h1>')
  expect(chosen).toContain('Lead 0')

  const { at, job } = await done(await post(path, [...ticked(0, 1), ['tag', 'VIP'], ['action', 'tag']]))
  expect(job).toMatchObject({ status: 'succeeded', result: { changed: 2 } })
  expect((await leads()).map(({ tags }) => tags.length)).toEqual([1, 1, ...Array(10).fill(0)])
  const html = await page(at)
  expect(html).toContain('<strong>Done</strong>: 2 changed')
  expect(html).not.toContain('/cancel"')
  expect(await page('/admin/jobs')).toContain('Tag leads')

  const undone = await done(await post(`${at}/undo`, []))
  expect(undone.job).toMatchObject({ kind: 'undo', status: 'succeeded' })
  expect((await leads()).flatMap(({ tags }) => tags)).toEqual([])
})

test('all that a list shows are changed, and no others', async () => {
  const which: [string, string][] = [
    ['which', 'matching'],
    ['filter', 'email ~ l1'],
  ]
  const chosen = await page(`${path}?which=matching&filter=email+~+l1`)
  expect(chosen).toContain('<h1>Change 3 leads</h1>')
  await done(await post(path, [...which, ['stage', 'lost'], ['lostReason', 'Too dear'], ['action', 'move']]))
  const moved = (await leads()).filter(({ stage }) => stage === 'lost')
  expect(moved.map(({ name, lostReason }) => [name, lostReason])).toEqual([
    ['Lead 1', 'Too dear'],
    ['Lead 10', 'Too dear'],
    ['Lead 11', 'Too dear'],
  ])
  await done(
    await post(path, [
      ['which', 'matching'],
      ['ownerId', ''],
      ['action', 'assign'],
    ]),
  )
  await done(await post(path, [...ticked(11), ['action', 'delete']]))
  expect(await leads()).toHaveLength(11)
})

test('a job is cancelled before it has begun', async () => {
  const answer = await post(path, [...ticked(2), ['tag', 'late'], ['action', 'tag']])
  const at = answer.headers.get('location')!
  const html = await page(at)
  expect(html).toContain('Waiting to begin')
  expect(html).toMatch(/hx-trigger="job from:#live, every 3s"/)
  expect((await post(`${at}/cancel`, [])).headers.get('location')).toBe(at)
  await admin.nest.settle()
  expect(await page(at)).toContain('<strong>Cancelled</strong>')
  expect((await leads()).flatMap(({ tags }) => tags)).toEqual([])
})

test('two that are ticked are compared; nothing ticked says so', async () => {
  const merge = await admin.get(`${path}?which=merge&ids=${ids[0]}&ids=${ids[1]}`, session)
  expect([merge.status, merge.headers.get('location')]).toEqual([303, `/admin/leads/${ids[0]}/merge/${ids[1]}`])
  const nothing = await admin.get(`${path}?which=ids`, session)
  expect([nothing.status, await nothing.text()]).toEqual([422, expect.stringContaining('No lead is chosen')])
  const gone = await page(`${path}?which=ids&ids=x`)
  expect(gone).toContain('No lead is chosen')
})

test.each<[sent: [string, string][], field: string]>([
  [
    [
      ['tag', ''],
      ['action', 'tag'],
    ],
    'tag',
  ],
  [
    [
      ['tag', 'a,b'],
      ['action', 'untag'],
    ],
    'tag',
  ],
  [
    [
      ['stage', 'nowhere'],
      ['action', 'move'],
    ],
    'stage',
  ],
  [
    [
      ['ownerId', 'nobody'],
      ['action', 'assign'],
    ],
    'ownerId',
  ],
])('%j is refused at its field', async (sent, field) => {
  const answer = await post(path, [...ticked(0), ...sent])
  const html = await answer.text()
  expect(answer.status).toBe(422)
  expect(html).toContain(`<a href="#${field}">`)
  expect(html).toContain(`name="ids" value="${ids[0]}"`)
})

test('a viewer has no boxes and may not', async () => {
  const user = { email: 'viewer@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...user, role: 'viewer' })
  const viewer = cookieOf(await admin.post('/admin/sign-in', user))
  expect(await page('/admin/leads', viewer)).not.toMatch(/name="ids"|id="bulk"/)
  expect((await admin.get(`${path}?which=matching`, viewer)).status).toBe(403)
  expect((await post(path, [...ticked(0), ['action', 'delete']], viewer)).status).toBe(403)
  expect((await admin.get('/admin/jobs', viewer)).status).toBe(200)
})
