import {
  createLead,
  createPipeline,
  getWorkspaceSettings,
  listPipelines,
  type Pipeline,
  updateLead,
} from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, origin, signInOwner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
let member: { cookie: string }
const key = { actor: { type: 'key' as const, id: null, name: 'Shop' }, source: 'api' as const }
const page = async (path: string, as = session) => (await admin.get(`/admin/settings${path}`, as)).text()

/** Repeats of a name are what a list of rows sends. */
const send = (path: string, fields: [string, string][] | Record<string, string>, as = session) =>
  admin.app.request(`${origin}/admin/settings${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { origin, ...as },
  })

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
  const user = { email: 'member@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...user, role: 'member' })
  member = cookieOf(await admin.post('/admin/sign-in', user))
})
afterAll(() => admin.close())

describe('the workspace', () => {
  const settings = () => getWorkspaceSettings(admin.nest, admin.nest.workspaceId)
  const filled = { name: 'ACME', country: 'DE', timeZone: 'Europe/Berlin', hours: 'these' }

  test('is renamed, with its country, zone and hours, and says so', async () => {
    const answer = await send('/workspace', {
      ...filled,
      'hours-1': '9-12, 13:00–17:30',
      'hours-2': '09:00–12:00',
      'hours-6': ' ',
    })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/admin/settings/workspace?saved=1'])
    expect(await settings()).toMatchObject({
      name: 'ACME',
      country: 'DE',
      timeZone: 'Europe/Berlin',
      openingHours: [
        { days: [1, 2], from: '09:00', to: '12:00' },
        { days: [1], from: '13:00', to: '17:30' },
      ],
    })
    const html = await page('/workspace?saved=1')
    expect(html).toContain('Saved.')
    expect(html).toContain('value="09:00–12:00, 13:00–17:30"')
    expect(html).toContain('<option value="DE" selected="">Germany</option>')
    expect(await page('/workspace', member)).toContain('Monday 09:00–12:00, 13:00–17:30\nTuesday 09:00–12:00')

    await send('/workspace', { ...filled, country: '', hours: 'always', 'hours-1': '9-12' })
    expect(await settings()).toMatchObject({ country: null, openingHours: null })
  })

  test.each([
    ['name', ' ', 'Give it a name.'],
    ['country', 'XX', 'Write a country'],
    ['timeZone', 'Mars/Olympus', 'Write a time zone'],
    ['hours-3', '17-9', 'Wednesday: write hours like'],
    ['hours-3', 'noon', 'Wednesday: write hours like'],
    ['hours-1', '', 'Write the hours of at least one day.'],
  ])('with %s = “%s” is refused at that field, as it was typed', async (field, value, message) => {
    const before = await settings()
    const answer = await send('/workspace', { ...filled, name: 'Other', [field]: value })
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain(`<a href="#${field}">${message}`)
    if (field !== 'name') expect(html).toContain('value="Other"')
    expect(await settings()).toEqual(before)
  })
})

describe('pipelines', () => {
  const all = () => listPipelines(admin.nest, admin.nest.workspaceId)
  let pipeline: Pipeline
  let count = 0
  beforeEach(async () => {
    const n = count++
    const stage = (name: string) => ({
      key: `${name.toLowerCase()}${n}`,
      name,
      kind: 'open' as const,
      rottenAfterDays: null,
    })
    const input = { name: `P${n}`, stages: [stage('First'), stage('Second'), stage('Third')] }
    pipeline = await createPipeline(admin.nest, admin.nest.workspaceId, input, key)
  })
  const now = async () => (await all()).find(({ id }) => id === pipeline.id)!

  /** The form as a browser sends it, with what somebody changed. */
  const form = (changed: Record<string, string> = {}, stages = pipeline.stages): [string, string][] => [
    ['name', changed.name ?? pipeline.name],
    ...stages.flatMap(({ key, name, kind, rottenAfterDays }): [string, string][] => [
      ['key', key],
      ['stageName', name],
      ['kind', kind],
      ['rotten', String(rottenAfterDays ?? '')],
    ]),
    ...Object.entries({ addedName: '', addedKind: 'open', addedRotten: '', ...changed }).filter(
      ([name]) => name !== 'name',
    ),
  ]

  test('are listed for all, and changed by those who may', async () => {
    expect(await page('/pipelines')).toContain('Add a pipeline')
    const theirs = await page('/pipelines', member)
    expect(theirs).toContain('<h2 id="pipeline-')
    expect(theirs).not.toContain('Add a pipeline')
    expect(theirs).not.toContain('>Edit<')
    expect((await send(`/pipelines/${pipeline.id}`, form({ name: 'Mine' }), member)).status).toBe(403)
    expect((await send('/pipelines', { name: 'Mine' }, member)).status).toBe(403)
    expect((await send('/workspace', { name: 'Mine' }, member)).status).toBe(403)
  })

  test('are added with three stages whose keys are free', async () => {
    const answer = await send('/pipelines', { name: 'Partners' })
    expect(answer.status).toBe(303)
    const added = (await all()).at(-1)!
    expect(added.stages.map(({ name, kind }) => [name, kind])).toEqual([
      ['New', 'open'],
      ['Won', 'won'],
      ['Lost', 'lost'],
    ])
    expect(added.stages[0]!.key).toBe('new_2')
    const refused = await send('/pipelines', { name: '' })
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('Give it a name.')])
  })

  test('take a name, kinds, days and a new stage', async () => {
    const [first, ...rest] = pipeline.stages
    const changed = [{ ...first!, name: 'Begun', kind: 'won' as const, rottenAfterDays: 3 }, ...rest]
    await send(
      `/pipelines/${pipeline.id}`,
      form({ name: 'Renamed', addedName: 'Über 50 %', addedRotten: '10' }, changed),
    )
    expect(await now()).toMatchObject({
      name: 'Renamed',
      stages: [
        { key: first!.key, name: 'Begun', kind: 'won', rottenAfterDays: 3 },
        {},
        {},
        { key: 'uber_50', name: 'Über 50 %', kind: 'open', rottenAfterDays: 10 },
      ],
    })
  })

  test('are put in another order by buttons', async () => {
    await send(`/pipelines/${pipeline.id}`, form({ step: 'up 2' }))
    expect((await now()).stages.map(({ name }) => name)).toEqual(['First', 'Third', 'Second'])
    await send(`/pipelines/${pipeline.id}`, form({ step: 'down 0' }))
    expect((await now()).stages.map(({ name }) => name)).toEqual(['Second', 'First', 'Third'])
    for (const step of ['up 0', 'down 2', 'up 9', 'sideways 1', 'remove x'])
      await send(`/pipelines/${pipeline.id}`, form({ step }))
    expect((await now()).stages.map(({ name }) => name)).toEqual(['First', 'Second', 'Third'])
  })

  test('lose a stage only when no lead is in it, and say which one is kept', async () => {
    const { result: lead } = await createLead(admin.nest, admin.nest.workspaceId, { email: 'a@example.com' }, key)
    await updateLead(admin.nest, admin.nest.workspaceId, lead.id, { stage: pipeline.stages[1]!.key }, key)
    const refused = await send(`/pipelines/${pipeline.id}`, form({ step: 'remove 1' }))
    expect([refused.status, await refused.text()]).toEqual([
      409,
      expect.stringContaining('There are leads in the stage “Second”. Move them first.'),
    ])
    const kept = await send(`/pipelines/${pipeline.id}/delete`, {})
    expect([kept.status, await kept.text()]).toEqual([409, expect.stringContaining('value="Second"')])
    await send(`/pipelines/${pipeline.id}`, form({ step: 'remove 0' }))
    expect((await now()).stages.map(({ name }) => name)).toEqual(['Second', 'Third'])
    await updateLead(admin.nest, admin.nest.workspaceId, lead.id, { stage: 'new' }, key)
    expect((await send(`/pipelines/${pipeline.id}/delete`, {})).status).toBe(303)
    expect(await now()).toBeUndefined()
  })

  test.each([
    [{ name: ' ' }, 'name', 'Give it a name.'],
    [{ addedName: 'x'.repeat(101) }, 'added.name', 'At most 100 characters.'],
    [{ addedName: 'X', addedRotten: '-1' }, 'added.rottenAfterDays', 'Write whole days'],
    [{ addedName: 'X', addedRotten: '1e3' }, 'added.rottenAfterDays', 'Write whole days'],
    [{ addedName: 'X', addedKind: 'odd' }, 'added.kind', ''],
  ])('with %j are refused at the field, as typed', async (changed, field, message) => {
    const answer = await send(`/pipelines/${pipeline.id}`, form(changed))
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain(`<a href="#${field}">${message}`)
    expect(html).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`))
    expect(await now()).toEqual(pipeline)
  })

  test('that are not there are not found', async () => {
    expect((await admin.get('/admin/settings/pipelines/x', session)).status).toBe(404)
    expect((await send('/pipelines/x', form())).status).toBe(404)
  })
})
