import { EventEmitter } from 'node:events'
import { type Core, createPool, crontab, tasks } from '@leadnest/core'
import { Logger, type Runner, run, type WorkerEvents, type WorkerPool } from 'graphile-worker'
import type pg from 'pg'
import type { Logger as Log } from 'pino'

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
  { databaseUrl, log, concurrency = 4 }: { databaseUrl: string; log: Log; concurrency?: number },
): Promise<Worker> {
  const pool = createPool(databaseUrl, { max: concurrency + 3, log, queryTimeout: 60_000 })
  const ids = new Set<string>()
  let runner: Runner | undefined
  let jobs: WorkerPool | undefined
  let stopping = false

  async function begin(): Promise<void> {
    ids.clear()
    const events: WorkerEvents = new EventEmitter()
    events.on('pool:create', ({ workerPool }) => (jobs = workerPool))
    events.on('worker:create', ({ worker }) => void ids.add(worker.workerId))
    events.on('worker:release', ({ worker }) => void ids.delete(worker.workerId))
    const current = await run({
      events,
      pgPool: pool,
      taskList: tasks(core),
      crontab,
      concurrency,
      noHandleSignals: true,
      pollInterval: 2000,
      logger: workerLog(log),
    })
    runner = current
    current.promise.then(
      () => again(),
      (error: unknown) => {
        log.warn({ err: error }, 'the worker ended and begins again')
        again()
      },
    )
  }

  function again(): void {
    runner = undefined
    if (!stopping) setTimeout(() => begin().catch(again), 1000).unref()
  }

  await begin()
  const timer = setInterval(
    () =>
      void beat(pool, [...ids]).catch((error: unknown) =>
        log.warn({ err: error }, 'the worker could not tell that it lives'),
      ),
    heartbeat,
  )

  return {
    alive: () => runner !== undefined,
    async stop() {
      stopping = true
      clearInterval(timer)
      const giveBack = () => jobs?.forcefulShutdown('The worker stopped before the job ended.')
      const late = new Promise<void>((done) => {
        setTimeout(
          () =>
            Promise.resolve(giveBack()).then(
              () => done(),
              () => done(),
            ),
          patience,
        ).unref()
      })
      await Promise.race([runner?.stop().catch(() => undefined), late])
      await pool.end()
    },
  }
}

/**
 * Tells that these workers live, and sets free what dead ones had locked: a worker that was killed would keep its jobs,
 * and the whole named queue of each, for four hours.
 */
async function beat(pool: pg.Pool, ids: string[]): Promise<void> {
  await pool.query(
    `insert into worker_heartbeats (worker_id, seen_at) select id, now() from unnest($1::text[]) as id
     on conflict (worker_id) do update set seen_at = excluded.seen_at`,
    [ids.sort()],
  )
  await pool.query(
    `select graphile_worker.force_unlock_workers(array_agg(distinct locked_by)) from graphile_worker.jobs
     where locked_at < now() - interval '25 seconds'
       and locked_by not in (select worker_id from worker_heartbeats where seen_at > now() - interval '30 seconds')
     having count(*) > 0`,
  )
  await pool.query(`delete from worker_heartbeats where seen_at < now() - interval '1 hour'`)
}

const workerLog = (log: Log) =>
  new Logger(({ jobId, taskIdentifier }) => (level, message) => {
    const at = level === 'warning' ? 'warn' : level === 'info' ? 'debug' : level
    log[at]({ jobId, task: taskIdentifier }, message)
  })
