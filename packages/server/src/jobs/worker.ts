import { EventEmitter } from 'node:events'
import { type Core, createPool, crontab, resumeJobs, seePlugins, tasks, type WhosePlugins } from '@leadnest/core'
import { Logger, type Runner, run, type WorkerEvents, type WorkerPool } from 'graphile-worker'
import type pg from 'pg'
import type { Logger as Log } from 'pino'
import { surviveLostConnections } from '../lost-connections.ts'

export interface Worker {
  /** Whether jobs are being run. */
  alive(): boolean
  /** Lets running jobs end, for 6 s at most; what has not ended then is given back and tried again later. */
  stop(): Promise<void>
}

const heartbeat = 10_000
const patience = 6_000

/** Runs jobs until stopped. Needs a direct connection: a worker listens. Begins again where the database took it down. */
export async function startWorker(
  core: Core,
  {
    databaseUrl,
    log,
    concurrency = 4,
    plugins = 'all',
  }: { databaseUrl: string; log: Log; concurrency?: number; plugins?: WhosePlugins },
): Promise<Worker> {
  // That a job was taken or has ended: where a crash of Postgres forgets it, the job runs again.
  const options = '-c synchronous_commit=off'
  const pool = createPool(databaseUrl, { max: concurrency + 3, log, queryTimeout: 60_000, options })
  let runner: Runner | undefined
  let workerPool: WorkerPool | undefined
  const running = new Set<string>()
  let stopping = false

  async function begin(): Promise<void> {
    // What an earlier run had finished but could not report, as it lost the database, is locked in its name.
    if (workerPool) await pool.query('select graphile_worker.force_unlock_workers($1)', [[workerPool.id]])
    const events: WorkerEvents = new EventEmitter()
    events.on('pool:create', (created) => (workerPool = created.workerPool))
    events.on('job:start', ({ job }) => void running.add(job.id))
    events.on('job:complete', ({ job }) => void running.delete(job.id))
    runner = await run({
      events,
      pgPool: pool,
      taskList: tasks(core, plugins),
      crontab: crontab(core, plugins),
      concurrency,
      noHandleSignals: true,
      pollInterval: 2000,
      logger: workerLog(log),
    })
    runner.promise.then(again, (error: unknown) => {
      if (!stopping) log.warn({ err: error }, 'the worker ended and begins again')
      again()
    })
  }

  function again(): void {
    runner = undefined
    if (!stopping) setTimeout(() => begin().catch(again), 1000).unref()
  }

  const stopWatching = surviveLostConnections(log)
  await begin()
  if (plugins !== 'only') await resumeJobs(core)
  const timer = setInterval(() => {
    // Jobs are locked in the name of the pool, not of a worker in it.
    if (workerPool)
      Promise.all([
        beat(pool, workerPool.id, [...running]),
        plugins !== 'none' && seePlugins(pool, core.plugins),
      ]).catch((error: unknown) => log.warn({ err: error }, 'the worker could not tell that it lives'))
  }, heartbeat)

  return {
    alive: () => runner !== undefined,
    async stop() {
      stopping = true
      clearInterval(timer)
      const ended = runner?.stop().catch(() => undefined)
      const late = new Promise<void>((done) => setTimeout(done, patience).unref()).then(() =>
        workerPool?.forcefulShutdown('The worker stopped before the job ended.'),
      )
      await Promise.race([ended, late.catch(() => undefined)])
      await pool.end()
      stopWatching()
    },
  }
}

/**
 * Tells that this worker lives, and sets free what dead ones had locked: a worker that was killed would keep its jobs,
 * and the whole named queue of each, for four hours.
 */
async function beat(pool: pg.Pool, id: string, running: string[]): Promise<void> {
  await pool.query(
    `insert into worker_heartbeats (worker_id, seen_at) values ($1, now())
     on conflict (worker_id) do update set seen_at = excluded.seen_at`,
    [id],
  )
  await pool.query(
    `select graphile_worker.force_unlock_workers(array_agg(distinct locked_by)) from graphile_worker.jobs
     where locked_at < now() - interval '25 seconds'
       and locked_by not in (select worker_id from worker_heartbeats where seen_at > now() - interval '30 seconds')
     having count(*) > 0`,
  )
  // Ours, but not running: the answer that gave it to us, or the report of its end, was lost with the connection.
  await pool.query(
    `with lost as (
       update graphile_worker._private_jobs set locked_at = null, locked_by = null
       where locked_by = $1 and locked_at < now() - interval '10 seconds' and id <> all($2::bigint[])
       returning job_queue_id
     )
     update graphile_worker._private_job_queues set locked_at = null, locked_by = null
     where locked_by = $1 and id in (select job_queue_id from lost)`,
    [id, running],
  )
  await pool.query(`delete from worker_heartbeats where seen_at < now() - interval '1 hour'`)
}

const workerLog = (log: Log) =>
  new Logger(({ jobId, taskIdentifier }) => (level, message) => {
    const at = level === 'warning' ? 'warn' : level === 'info' ? 'debug' : level
    log[at]({ jobId, task: taskIdentifier }, message)
  })
