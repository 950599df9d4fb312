import { afterEach, beforeEach, expect, test } from 'vitest'
import { bySystem } from '../events/event.ts'
import { definePlugin } from '../plugin.ts'
import { type TestNest, testNest } from '../testing.ts'
import { turnOf } from './run-plugin.ts'
import { updatePlugin } from './states.ts'

const ran: [name: string, payload: object, idempotencyKey: string][] = []
let broken = false
const shop = definePlugin({
  id: 'shop',
  name: 'Shop',
  jobs: {
    order: {
      run(payload, { idempotencyKey }) {
        if (broken) throw new Error('The shop is closed.')
        ran.push(['order', payload, idempotencyKey])
      },
    },
    nightly: {
      cron: '0 3 * * *',
      run: (payload, { idempotencyKey }) => void ran.push(['nightly', payload, idempotencyKey]),
    },
  },
})

let nest: TestNest
beforeEach(async () => {
  ran.length = 0
  broken = false
  nest = await testNest({ plugins: [shop], clock: '2027-03-01T09:00:00Z' })
})
afterEach(() => nest.close())

const turn = (enabled: boolean) => updatePlugin(nest, nest.workspaceId, 'shop', { enabled }, bySystem)
const order = async (id: number) => {
  const { context } = (await turnOf(nest, nest.workspaceId, shop))!
  await context.jobs.add('order', { id }, { key: `order ${id}`, queue: 'orders' })
}
const waiting = async () => {
  const { rows } = await nest.pool.query(`
    select j.priority, q.queue_name as queue, j.key, j.run_at from graphile_worker._private_jobs j
    join graphile_worker._private_tasks t on t.id = j.task_id left join graphile_worker._private_job_queues q on q.id = j.job_queue_id
    where t.identifier = 'plugin:shop:order'`)
  return rows
}

test('a job that comes while its plugin is off waits until it is on, and runs once, as itself', async () => {
  await order(7)
  await turn(false)
  await nest.settle()
  await nest.clock.advance({ days: 3 })
  expect(ran).toEqual([])
  const [job, ...others] = await waiting()
  expect(others).toEqual([])
  expect(job).toMatchObject({ priority: 10, queue: 'shop orders' })
  // Not looked at every minute, for as long as it takes.
  expect(Date.parse(job.run_at) - nest.now().getTime()).toBeGreaterThan(0)
  expect(Date.parse(job.run_at) - nest.now().getTime()).toBeLessThanOrEqual(3_600_000)
  await turn(true)
  await nest.settle()
  expect(ran).toEqual([['order', { id: 7 }, expect.stringMatching(/^shop:\d+$/)]])
  expect(await nest.jobs('shop')).toEqual([])
})

test('what runs by the clock is left out while the plugin is off', async () => {
  await turn(false)
  await nest.clock.advance({ days: 2 })
  expect(await nest.jobs('shop')).toEqual([])
  await turn(true)
  await nest.settle()
  expect(ran).toEqual([])
  await nest.clock.advance({ days: 1 })
  expect(ran).toEqual([['nightly', {}, expect.any(String)]])
})

test('a job that is put off while its plugin rests keeps its queue, its priority and its key', async () => {
  broken = true
  for (let id = 1; id <= 6; id++) await order(id)
  await nest.settle()
  const jobs = await waiting()
  expect(jobs.map(({ priority, queue }) => [priority, queue])).toEqual(Array(6).fill([10, 'shop orders']))
  expect(jobs.map(({ key }) => key).sort()).toEqual(
    [1, 2, 3, 4, 5, 6].map((id) => `shop order ${nest.workspaceId} order ${id}`),
  )
  broken = false
  await nest.clock.advance({ hours: 1 })
  expect(ran.map(([, payload]) => (payload as { id: number }).id).sort()).toEqual([1, 2, 3, 4, 5, 6])
})
