import type { JobHelpers, Task } from 'graphile-worker'
import type pg from 'pg'
import type { Core } from '../core.ts'
import { tasks } from '../jobs/tasks.ts'

/** A job that waits. */
export interface WaitingJob {
  /** Of a plugin's own job its name, of others the name of the task. */
  name: string
  /** Whose it is; null where it is the core's. */
  plugin: string | null
  payload: object
  runAt: string
  /** How often it was tried, and what the last try threw. */
  attempts: number
  lastError: string | null
}

export interface TestJobs {
  /** What waits, the next first; of one plugin where one is named. */
  list(plugin?: string): Promise<WaitingJob[]>
  add(task: string): Promise<void>
  /** When the next of those that wait is due, in ms; undefined where none waits. */
  nextRun(): Promise<number | undefined>
  /** Runs what is due by the core's clock, one after the other, and what that adds. One that throws is tried again later, as ever. */
  runDue(): Promise<void>
}

interface Row {
  id: string
  task: string
  payload: object
  key: string | null
  priority: number
  attempts: number
  last_error: string | null
  run_at: string
}

// What was added without a time is due at once, whatever the clock of the test says.
const due = `(j.run_at <= $1 or j.run_at in (j.created_at, j.updated_at))`
const waiting = `
  graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
  where j.locked_at is null and j.attempts < j.max_attempts`

export function createJobs(core: Core, pool: pg.Pool): TestJobs {
  const known: Record<string, Task | undefined> = tasks(core)

  async function take(): Promise<Row | undefined> {
    const { rows } = await pool.query<Row>(
      `update graphile_worker._private_jobs set locked_at = now(), locked_by = 'test', attempts = _private_jobs.attempts + 1
       from (select j.id, t.identifier as task from ${waiting} and t.identifier = any($2) and ${due}
         order by j.priority, j.run_at, j.id limit 1) next
       where _private_jobs.id = next.id
       returning next.id, next.task, payload, key, priority, attempts, run_at`,
      [core.now(), Object.keys(known)],
    )
    return rows[0]
  }

  async function run({ id, task, ...job }: Row): Promise<void> {
    const helpers = { job: { id, task_identifier: task, ...job }, abortSignal: new AbortController().signal }
    try {
      await known[task]!(job.payload, helpers as unknown as JobHelpers)
      await pool.query('delete from graphile_worker._private_jobs where id = $1', [id])
    } catch (error) {
      const again = new Date(core.now().getTime() + 1000 * Math.exp(Math.min(job.attempts, 10)))
      await pool.query(
        'update graphile_worker._private_jobs set last_error = $2, run_at = $3, locked_at = null, locked_by = null where id = $1',
        [id, error instanceof Error ? error.message : String(error), again],
      )
    }
  }

  return {
    async list(plugin) {
      const { rows } = await pool.query<Row>(
        `select t.identifier as task, j.payload, j.attempts, j.last_error, j.run_at from ${waiting} order by j.run_at, j.id`,
      )
      return rows.map(present).filter((job) => plugin === undefined || job.plugin === plugin)
    },
    add: async (task) => void (await pool.query('select graphile_worker.add_job($1)', [task])),
    async nextRun() {
      // Rounded up: the clock has no finer steps, and must not stand still before a job.
      const { rows } = await pool.query<{ at: number | null }>(
        `select ceil(extract(epoch from min(j.run_at)) * 1000)::double precision as at from ${waiting} and t.identifier = any($1)`,
        [Object.keys(known)],
      )
      return rows[0]?.at ?? undefined
    },
    async runDue() {
      for (let job = await take(); job; job = await take()) await run(job)
    },
  }
}

function present({ task, payload, run_at: runAt, attempts, last_error: lastError }: Row): WaitingJob {
  const [kind, plugin = null, name] = task.split(':')
  const own = kind === 'plugin' && name !== undefined
  return {
    name: own ? name : kind!,
    plugin,
    payload: own ? (payload as { payload: object }).payload : payload,
    runAt,
    attempts,
    lastError,
  }
}
