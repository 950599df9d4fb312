import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, getJob, type Job, runJob, sql, startBulk, undoJob } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { forgetExpired } from './forget-expired.ts'

let nest: TestNest
let time = Date.parse('2026-11-25T09:00:00Z')
const hour = 3_600_000
const by = { actor: { type: 'key' as const, id: null, name: 'Test' }, source: 'api' as const }

beforeAll(async () => {
  nest = await testNest({ now: () => new Date(time) })
  for (let i = 0; i < 6; i++) await createLead(nest, nest.workspaceId, { email: `lead${i}@example.com` }, by)
  await nest.settle()
})
afterAll(() => nest.close())

const start = async (name: string) => {
  const action = { type: 'tag' as const, add: [name], remove: [] }
  return (await startBulk(nest, nest.workspaceId, { all: true, action, dryRun: false }, by)).result as Job
}
const jobs = (identifier: string) =>
  nest.pool.query(`select 1 from graphile_worker.jobs where task_identifier = '${identifier}'`)

test('a job that nobody is told to run any more, as its worker was lost, is found again within the hour', async () => {
  const job = await start('found')
  for (let i = 0; i < 2; i++)
    await runJob(nest, { workspaceId: nest.workspaceId, jobId: job.id }, { size: 2, patience: 0 })
  await nest.pool.query(`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`)
  await forgetExpired(nest)
  expect((await jobs('run_job')).rows).toEqual([])
  expect((await getJob(nest, nest.workspaceId, job.id)).progress).toEqual({ done: 2, total: 6 })

  time += hour
  await forgetExpired(nest)
  await nest.settle()
  expect(await getJob(nest, nest.workspaceId, job.id)).toMatchObject({ status: 'succeeded', result: { changed: 6 } })
})

test('a job that is to stop leaves another to go on from there', async () => {
  const job = await start('stopped')
  await runJob(
    nest,
    { workspaceId: nest.workspaceId, jobId: job.id },
    { size: 2, patience: 60_000, signal: AbortSignal.abort() },
  )
  expect((await getJob(nest, nest.workspaceId, job.id)).status).toBe('running')
  expect((await jobs('run_job')).rows).toHaveLength(1)
  await nest.settle()
  expect((await getJob(nest, nest.workspaceId, job.id)).result).toMatchObject({ changed: 6 })
})

test('after 30 days a job cannot be undone, and it is forgotten with what it changed', async () => {
  const job = await start('old')
  await nest.settle()
  time += 30 * 24 * hour - 1000
  await forgetExpired(nest)
  expect((await getJob(nest, nest.workspaceId, job.id)).undoUntil).toEqual(expect.any(String))
  time += 2000
  await expect(undoJob(nest, nest.workspaceId, job.id, by, 'plugin')).rejects.toMatchObject({
    code: 'undo_not_possible',
  })
  await forgetExpired(nest)
  await expect(getJob(nest, nest.workspaceId, job.id)).rejects.toMatchObject({ code: 'not_found' })
  const left = await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query(sql`select position from job_changes where workspace_id = ${nest.workspaceId}`),
  )
  expect(left).toEqual([])
})
