import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Role } from '../accounts/account.ts'
import { LeadNestError } from '../errors.ts'
import { readShape } from '../fields/shape.ts'
import { importPowersOf } from '../imports/import-powers-of.ts'
import { lines } from '../imports/testing/lines.ts'
import {
  createLead,
  createSegment,
  createWorkspace,
  deleteSegment,
  eraseLead,
  sql,
  startBulk,
  tagLead,
  updateLead,
} from '../index.ts'
import { definePlugin, type Exporter } from '../plugin.ts'
import { type TestNest, testNest } from '../testing.ts'
import { chooseColumns } from './columns.ts'
import { exportPowersOf } from './export-powers-of.ts'
import { readLeads } from './read-leads.ts'
import { exportByTheClock, nextTime } from './schedules.ts'

const by = {
  actor: { type: 'user' as const, id: '0190a8f0-0000-7000-8000-000000000001', name: 'Ada' },
  source: 'api' as const,
}
const begun = { rows: 0 }
const tabs: Exporter = {
  label: 'Lines',
  type: 'text/plain',
  extension: 'tsv',
  async *write(rows, columns) {
    yield columns.map(({ key }) => key).join('\t')
    for await (const some of rows) {
      begun.rows += some.length
      yield some.map((cells) => `\n${cells.join('\t')}`).join('')
      if (begun.rows >= 1000) await meanwhile()
    }
  },
}
let meanwhile = async () => {}
let hiccup: Error | undefined
/** Its options are looked up somewhere. */
const moody: Exporter = {
  ...tabs,
  options: v.pipe(
    v.strictObject({}),
    v.check(() => {
      if (hiccup) throw hiccup
      return true
    }),
  ),
}

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({
    clock: '2026-11-25T10:00:00Z',
    plugins: [
      definePlugin({
        id: 'tabs',
        name: 'Tabs',
        capabilities: ['imports', 'exports'],
        importers: { lines },
        exporters: { tabs, moody },
      }),
    ],
  })
})
afterAll(() => nest.close())

async function desk() {
  const { id } = await createWorkspace(nest, { name: 'Exports' })
  const exports = exportPowersOf(nest, id, () => undefined)
  const imports = importPowersOf(nest, id, () => undefined)
  const read = async (of: string) => {
    const parts: Uint8Array[] = []
    for await (const part of (await exports.open(of)).read()) parts.push(part)
    return Buffer.concat(parts).toString()
  }
  const load = async (text: string) => {
    const source = (async function* () {
      yield Buffer.from(text)
    })()
    const { id } = await imports.begin(
      { fileId: (await imports.store(source, { name: 'a.tsv' })).id, format: 'lines' },
      by,
    )
    await nest.settle()
    return imports.get(id)
  }
  return { id, exports, imports, read, load }
}

test('a small export is there at once: chosen leads and columns, own fields as their readers take them', async () => {
  const { id, exports, read, load } = await desk()
  await nest.inWorkspace(id, (tx) =>
    tx.query(sql`
      insert into fields (workspace_id, key, label, type, options, position) values
        (${id}, 'size', 'Size', 'number', '[]', 1), (${id}, 'vip', 'VIP', 'boolean', '[]', 2), (${id}, 'more', 'More', 'json', '[]', 3),
        (${id}, 'likes', 'Likes', 'multi_select', '[{"value": "tea", "label": "Tea"}, {"value": "a;b", "label": "AB"}]', 4)`),
  )
  const fields = { size: 12.5, vip: true, more: { deep: ['x'] }, likes: ['tea', 'a;b'] }
  const { result: ada } = await createLead(
    nest,
    id,
    { email: 'ada@example.com', name: 'Ada L', firstName: 'Ada', fields },
    by,
  )
  await tagLead(nest, id, ada.id, { add: ['VIP', 'Maths'] }, by)
  await createLead(nest, id, { email: 'ben@example.com', company: 'ACME', fields: { likes: ['tea'] } }, by)
  const columns = ['email', 'name', 'tags', 'fields.size', 'fields.vip', 'fields.more', 'fields.likes']
  const all = await exports.begin({ format: 'tabs', all: true, columns }, by)
  expect(all).toMatchObject({
    status: 'succeeded',
    rows: 2,
    name: 'leads-2026-11-25.tsv',
    expiresAt: '2026-11-26T10:00:00.000Z',
  })
  expect((await read(all.id)).split('\n').sort()).toEqual([
    'ada@example.com\tAda L\tMaths,VIP\t12.5\ttrue\t{"deep":["x"]}\t["tea","a;b"]',
    'ben@example.com\t\t\t\t\t\ttea',
    columns.join('\t'),
  ])
  const one = await exports.begin({ format: 'tabs', filter: 'company = ACME', columns: ['email', 'timeline'] }, by)
  expect(await read(one.id)).toBe('email\ttimeline\nben@example.com\t2026-11-25T10:00:00Z lead.created Ada')
  const segment = await createSegment(nest, id, { name: 'VIPs', filter: 'tag = VIP', q: '' }, by)
  const kept = await exports.begin({ format: 'tabs', segment: segment.id, columns: ['email'] }, by)
  expect(await read(kept.id)).toBe('email\nada@example.com')

  // What it wrote, read again, changes nothing.
  const whole = await exports.begin({ format: 'tabs', all: true }, by)
  expect(await load(await read(whole.id))).toMatchObject({ total: 2, skipped: 2, failed: 0 })
})

test('what is not there is refused, and of another workspace there is nothing', async () => {
  const { exports } = await desk()
  const other = await desk()
  const begin = (input: object) => exports.begin({ format: 'tabs', ...input }, by)
  await expect(begin({})).rejects.toMatchObject({ issues: [{ path: 'filter' }] })
  await expect(begin({ all: true, columns: ['email', 'nope'] })).rejects.toMatchObject({
    issues: [{ path: 'columns.1' }],
  })
  await expect(begin({ all: true, format: 'pdf' })).rejects.toMatchObject({ issues: [{ path: 'format' }] })
  await expect(begin({ filter: 'nope = 1' })).rejects.toMatchObject({ code: 'invalid_input' })
  const { id } = await begin({ all: true })
  await expect(other.exports.get(id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(other.exports.open(id)).rejects.toMatchObject({ code: 'not_found' })
})

test('a large one is a job, of one moment: what is changed while it is written is not in it', async () => {
  const { id, exports, read, load } = await desk()
  const rows = Array.from({ length: 3000 }, (_, i) => `p${i}@example.com\tOld`)
  await load(['email\tname', ...rows].join('\n'))
  const { id: exported, status } = await exports.begin({ format: 'tabs', all: true, columns: ['email', 'name'] }, by)
  expect(status).toBe('queued')
  begun.rows = 0
  meanwhile = async () => {
    await nest.inWorkspace(id, (tx) => tx.query(sql`update leads set name = 'New' where workspace_id = ${id}`))
  }
  await nest.settle()
  meanwhile = async () => {}
  expect(await exports.get(exported)).toMatchObject({ status: 'succeeded', rows: 3000 })
  const text = await read(exported)
  expect([text.split('\n').length, text.includes('New')]).toEqual([3001, false])
}, 60_000)

test('the file is gone after a day, and with anybody who is erased', async () => {
  const { id, exports } = await desk()
  const { result: lead } = await createLead(nest, id, { email: 'ada@example.com' }, by)
  const first = await exports.begin({ format: 'tabs', all: true }, by)
  await eraseLead(nest, id, lead.id, { reason: 'They asked.' } as never, by)
  await expect(exports.open(first.id)).rejects.toMatchObject({ code: 'not_found' })
  const second = await exports.begin({ format: 'tabs', all: true }, by)
  expect((await exports.open(second.id)).size).toBeGreaterThan(0)
  await nest.clock.set('2026-11-26T10:00:01Z')
  await expect(exports.open(second.id)).rejects.toMatchObject({ code: 'not_found' })
  expect(await exports.get(second.id)).toMatchObject({ status: 'succeeded', fileId: null })
  await nest.clock.set('2026-11-25T10:00:00Z')
})

test('many at once wait for each other, so that connections are left to write what they read, and for requests', async () => {
  const { id } = await desk()
  await createLead(nest, id, { email: 'ada@example.com' }, by)
  const columns = chooseColumns(await nest.inWorkspace(id, (tx) => readShape(tx, id)), ['email'])
  const readers = Array.from({ length: nest.pool.options.max + 2 }, () => readLeads(nest, id, sql`true`, columns))
  const pages = readers.map((reader) => reader.next())
  await pages[0]
  const [row] = await nest.inWorkspace(id, (tx) => tx.query(sql`select 1 as fine`))
  expect(row).toEqual({ fine: 1 })
  for (const [i, reader] of readers.entries()) {
    expect((await pages[i]!).value).toEqual([['ada@example.com']])
    await reader.return(undefined)
  }
})

test('a bulk action on what a filter finds is an export too', async () => {
  const { id, exports, read } = await desk()
  await createLead(nest, id, { email: 'ada@example.com', company: 'ACME' }, by)
  await createLead(nest, id, { email: 'ben@example.com' }, by)
  const action = { type: 'export' as const, format: 'tabs', columns: ['email'], options: {} }
  const { result: job, status } = await startBulk(nest, id, { filter: 'company = ACME', action, dryRun: false }, by)
  await nest.settle()
  expect([status, await read((job as { id: string }).id)]).toEqual([202, 'email\nada@example.com'])
  const wrong = { ...action, columns: ['nope'] }
  await expect(startBulk(nest, id, { all: true, action: wrong, dryRun: false }, by)).rejects.toMatchObject({
    issues: [{ path: 'action.columns.0' }],
  })
  expect((await exports.list()).data).toHaveLength(1)
})

/** Somebody who works there. */
async function planner(workspaceId: string, role: Role = 'owner') {
  const email = `planner-${role}-${workspaceId}@example.com`
  const { id } = await nest.user({ email, password: 'correct horse battery', workspaceId, role })
  return { actor: { type: 'user' as const, id, name: 'Ada' }, source: 'api' as const }
}

test('a planned export of somebody who is gone, or may not export any more, or whose time never comes again, stops with a word, and those behind it are made', async () => {
  await nest.clock.set('2026-11-25T10:00:00Z')
  const { id, exports } = await desk()
  const stays = await planner(id)
  const plan = { cron: '0 7 * * *', export: { format: 'tabs', all: true as const } }
  const gone = await exports.schedules.create({ ...plan, name: 'Gone' }, by)
  const less = await exports.schedules.create({ ...plan, name: 'Less' }, await planner(id, 'member'))
  const never = await exports.schedules.create({ ...plan, name: 'Never' }, stays)
  const fine = await exports.schedules.create({ ...plan, name: 'Fine', cron: '5 7 * * *' }, stays)
  await nest.inWorkspace(id, (tx) =>
    tx.query(sql`update export_schedules set cron = '0 0 31 2 *' where workspace_id = ${id} and id = ${never.id}`),
  )
  await nest.clock.set('2026-11-26T07:10:00Z')
  await exportByTheClock(nest)
  await nest.settle()
  const now = new Map((await exports.schedules.list()).map((one) => [one.id, one]))
  expect(now.get(gone.id)).toMatchObject({ enabled: false, lastExportId: null })
  expect(now.get(less.id)).toMatchObject({ enabled: false, lastExportId: null })
  expect(now.get(never.id)).toMatchObject({ enabled: false, lastExportId: null })
  expect(now.get(fine.id)).toMatchObject({ enabled: true, nextAt: '2026-11-27T07:05:00.000Z' })
  expect((await exports.list()).data).toMatchObject([{ status: 'succeeded' }])
  const told = await nest.inWorkspace(id, (tx) =>
    tx.query<{ reason: string }>(sql`
      select data ->> 'reason' as reason from events
      where workspace_id = ${id} and type = 'export_schedule.saved' and data ? 'reason' order by id`),
  )
  expect(told.map(({ reason }) => reason).sort()).toEqual([
    'Its time never comes again.',
    'Whoever planned it may export no more.',
    'Whoever planned it works here no more.',
  ])
  await nest.clock.set('2026-11-25T10:00:00Z')
})

test('a planned export of what is gone is an export that failed, and says why; the next time comes', async () => {
  await nest.clock.set('2026-11-25T10:00:00Z')
  const { id, exports } = await desk()
  const by = await planner(id)
  const segment = await createSegment(nest, id, { name: 'Big', filter: 'company = Engines', q: '' }, by)
  const plan = { name: 'Big ones', cron: '0 7 * * *', export: { format: 'tabs', segment: segment.id } }
  await exports.schedules.create(plan, by)
  await deleteSegment(nest, id, segment.id, by)
  await nest.clock.set('2026-11-26T07:00:10Z')
  await exportByTheClock(nest)
  await nest.settle()
  const [schedule] = await exports.schedules.list()
  expect(schedule).toMatchObject({ enabled: true, nextAt: '2026-11-27T07:00:00.000Z' })
  expect((await exports.list()).data).toMatchObject([
    { id: schedule!.lastExportId, status: 'failed', fileId: null, error: { detail: expect.stringMatching(/segment/) } },
  ])
  await nest.clock.set('2026-11-25T10:00:00Z')
})

test.each([new Error('The connection is gone.'), new LeadNestError('unavailable', 'Come back later.')])(
  'a planned export is made a minute later after “%s”, and those behind it at once',
  async (error) => {
    await nest.clock.set('2026-11-25T10:00:00Z')
    const { id, exports } = await desk()
    const by = await planner(id)
    const plan = { cron: '0 7 * * *', export: { format: 'moody', all: true as const } }
    const moved = await exports.schedules.create({ ...plan, name: 'Moved' }, by)
    const behind = { ...plan, name: 'Behind', cron: '1 7 * * *', export: { format: 'tabs', all: true as const } }
    await exports.schedules.create(behind, by)
    hiccup = error
    await nest.clock.set('2026-11-26T07:01:10Z')
    await exportByTheClock(nest)
    hiccup = undefined
    await nest.settle()
    expect((await exports.list()).data).toMatchObject([{ format: 'tabs', status: 'succeeded' }])
    const due = new Map((await exports.schedules.list()).map((one) => [one.id, one]))
    expect(due.get(moved.id)).toMatchObject({ nextAt: '2026-11-26T07:00:00.000Z', lastExportId: null })

    await nest.clock.set('2026-11-26T07:02:10Z')
    await exportByTheClock(nest)
    await nest.settle()
    expect((await exports.list()).data).toMatchObject([
      { format: 'moody', status: 'succeeded' },
      { format: 'tabs', status: 'succeeded' },
    ])
    await nest.clock.set('2026-11-25T10:00:00Z')
  },
)

test('a planned export that never can be begun has failed after five tries, and its next time is tried anew', async () => {
  await nest.clock.set('2026-11-25T10:00:00Z')
  const { id, exports } = await desk()
  const plan = { name: 'Moody', cron: '0 7 * * *', export: { format: 'moody', all: true as const } }
  await exports.schedules.create(plan, await planner(id))
  const tries = async (day: string, minutes: number[]) => {
    for (const minute of minutes) await nest.clock.set(`2026-11-${day}T07:0${minute}:10Z`)
    return (await exports.list()).data.length
  }
  hiccup = new Error('a secret of the machine')
  expect(await tries('26', [0, 1, 2, 3])).toBe(0)
  expect(await tries('26', [4, 5])).toBe(1)
  const [schedule] = await exports.schedules.list()
  expect(schedule).toMatchObject({ enabled: true, nextAt: '2026-11-27T07:00:00.000Z' })
  const [failed] = (await exports.list()).data
  expect(failed).toMatchObject({ id: schedule!.lastExportId, status: 'failed', fileId: null })
  expect(failed!.error).toEqual({ code: 'internal', detail: expect.stringMatching(/^Something went wrong .* 5 times/) })
  expect(await tries('27', [0])).toBe(1)
  hiccup = undefined
  expect(await tries('27', [1])).toBe(2)
  await nest.settle()
  expect((await exports.list()).data[0]).toMatchObject({ status: 'succeeded' })
  await nest.clock.set('2026-11-25T10:00:00Z')
})

test('a planned export is made when its time comes, once', async () => {
  const { id, exports, read } = await desk()
  const by = await planner(id)
  const { result: lead } = await createLead(nest, id, { email: 'ada@example.com' }, by)
  await expect(
    exports.schedules.create({ name: 'x', cron: '61 0 * * *', export: { format: 'tabs', all: true } }, by),
  ).rejects.toMatchObject({ issues: [{ path: 'cron' }] })
  const plan = {
    name: 'Mondays',
    cron: '0 7 * * 1',
    export: { format: 'tabs', all: true as const, columns: ['email'] },
  }
  const schedule = await exports.schedules.create(plan, by)
  expect(schedule).toMatchObject({ nextAt: '2026-11-30T07:00:00.000Z', lastExportId: null, enabled: true })
  await updateLead(nest, id, lead.id, { email: 'new@example.com' }, by)
  await nest.clock.set('2026-11-30T07:00:10Z')
  await Promise.all([exportByTheClock(nest), exportByTheClock(nest)])
  await nest.settle()
  const { data } = await exports.list()
  // Whoever looks on Thursday still has it.
  expect(data).toMatchObject([{ status: 'succeeded', rows: 1, expiresAt: expect.stringMatching('2026-12-07T07:0') }])
  expect(await read(data[0]!.id)).toBe('email\nnew@example.com')
  expect(await exports.schedules.list()).toMatchObject([
    { lastExportId: data[0]!.id, nextAt: '2026-12-07T07:00:00.000Z' },
  ])
  await exports.schedules.delete(schedule.id, by)
  expect(await exports.schedules.list()).toEqual([])
})

test('a time of a crontab is the next one after a moment', () => {
  const after = new Date('2026-11-25T10:00:30Z')
  expect(nextTime('* * * * *', after)).toEqual(new Date('2026-11-25T10:01:00Z'))
  expect(nextTime('0 10 * * *', after)).toEqual(new Date('2026-11-26T10:00:00Z'))
  expect(nextTime('30 23 31 12 *', after)).toEqual(new Date('2026-12-31T23:30:00Z'))
  expect(nextTime('15 10 29 2 *', after)).toEqual(new Date('2028-02-29T10:15:00Z'))
  expect(nextTime('0 0 29 2 *', new Date('2096-03-01T00:00:00Z'))).toEqual(new Date('2104-02-29T00:00:00Z'))
  expect(() => nextTime('0 0 31 2 *', after)).toThrow(
    expect.objectContaining({ issues: [{ path: 'cron', message: 'This time never comes.' }] }),
  )
})
