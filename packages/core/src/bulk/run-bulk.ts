import type { Core } from '../core.ts'
import { filterContext } from '../filters/context.ts'
import { byJob, type JobRow } from '../jobs/job.ts'
import type { Kind, Step } from '../jobs/kind.ts'
import { keepChanges } from '../jobs/run-undo.ts'
import { goByIndexes } from '../leads/count-leads.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type Action, actions } from './actions.ts'
import type { BulkAction } from './bulk.ts'
import { beginning, countMatching, edgeOf, findMatching, newestLead } from './walk.ts'
import { conditionOf, type Which } from './which-leads.ts'

/** Leads up to `until` are counted, as far as `counted`, then changed, as far as `after`; `left` were held by somebody else. */
export interface Checkpoint {
  until: string
  counted: string
  after: string
  left: string[]
}

interface Input {
  which: Which
  action: Exclude<BulkAction, { type: 'merge' | 'plugin' | 'export' }>
}

export const bulk: Kind = {
  async step(core, tx, job, size) {
    const { which } = job.input as Input
    const checkpoint = (job.checkpoint as Checkpoint | null) ?? (await begin(tx, job.workspaceId, which))
    if (!checkpoint) return { checkpoint: null, done: 0, total: 0, result: nothing }
    // The clock of the job, not of the batch: -7d is the same moment for all.
    const condition = conditionOf(await filterContext(tx, job.workspaceId, new Date(job.createdAt)), which)
    await goByIndexes(tx)
    return checkpoint.counted < checkpoint.until
      ? countNext(tx, job, condition, checkpoint)
      : changeNext(core, tx, job, condition, checkpoint, size)
  },
  restore: async (core, tx, job, { input, changes, lock }) => {
    const action = actions[(input as Input).action.type] as Action<Input['action']>
    return action.restore!(tx, job.workspaceId, changes, lock, byJob(job), core.now())
  },
}

/** How many leads one transaction erases: each has a whole history. */
const mostErased = 20

export const bulkErase: Kind = {
  step: (core, tx, job, size) => bulk.step(core, tx, job, Math.min(size, mostErased)),
}

/** Each is a whole message with its checks. */
const mostWritten = 50

export const bulkMessage: Kind = {
  step: (core, tx, job, size) => bulk.step(core, tx, job, Math.min(size, mostWritten)),
}

export const nothing = { matched: 0, changed: 0, unchanged: 0, failed: 0 }

/** Leads that come later are not meant. */
export async function begin(tx: Tx, workspaceId: string, { ids }: Which): Promise<Checkpoint | null> {
  const until = ids ? ids.at(-1)! : await newestLead(tx, workspaceId)
  return until ? { until, counted: beginning, after: beginning, left: [] } : null
}

/** Named leads are few; else only a stretch is looked at. */
export const nextEdge = (tx: Tx, { workspaceId, input }: JobRow, after: string, until: string) =>
  (input as Input).which.ids ? until : edgeOf(tx, workspaceId, { after, until })

export async function countNext(tx: Tx, job: JobRow, condition: Sql, checkpoint: Checkpoint): Promise<Step> {
  const { counted, until } = checkpoint
  const edge = await nextEdge(tx, job, counted, until)
  const count = await countMatching(tx, job.workspaceId, condition, { after: counted, until: edge })
  const total = (job.total ?? 0) + count
  return { checkpoint: { ...checkpoint, counted: edge }, done: 0, total, result: job.result ?? nothing }
}

async function changeNext(
  core: Core,
  tx: Tx,
  job: JobRow,
  condition: Sql,
  checkpoint: Checkpoint,
  size: number,
): Promise<Step> {
  const { after, until, left } = checkpoint
  const result = { ...nothing, ...job.result }
  if (left.length > 0) {
    const counts = await change(core, tx, job, result.changed, left.slice(0, 1), condition, sql`for update of leads`)
    return next(job, result, counts.changed, 1, { ...checkpoint, left: left.slice(1) })
  }
  const edge = await nextEdge(tx, job, after, until)
  const ids = await findMatching(tx, job.workspaceId, condition, { after, until: edge }, size)
  const { seen, changed } = await change(
    core,
    tx,
    job,
    result.changed,
    ids,
    condition,
    sql`for update of leads skip locked`,
  )
  const passed = ids.filter((id) => !seen.has(id))
  const reached = ids.length < size ? edge : ids.at(-1)!
  return next(job, result, changed, seen.size, { ...checkpoint, after: reached, left: passed })
}

/** Leads that others hold are passed over: a transaction that held some and waited for others could deadlock with a capture. */
async function change(core: Core, tx: Tx, job: JobRow, from: number, ids: string[], condition: Sql, lock: Sql) {
  const { workspaceId } = job
  const held = await tx.query<{ id: string }>(sql`
    select leads.id from leads
    where leads.workspace_id = ${workspaceId} and leads.id = any(${ids}::uuid[]) and ${condition}
    order by leads.id ${lock}`)
  const seen = held.map(({ id }) => id)
  const { action } = job.input as Input
  const { apply, restore } = actions[action.type] as Action<Input['action']>
  const changes = seen.length > 0 ? await apply(tx, workspaceId, seen, action, byJob(job), core.now(), core) : []
  if (restore) await keepChanges(tx, job, changes, from)
  return { seen: new Set(seen), changed: changes.length }
}

function next(job: JobRow, was: typeof nothing, changed: number, visited: number, checkpoint: Checkpoint): Step {
  const result = {
    matched: was.matched + visited,
    changed: was.changed + changed,
    unchanged: was.unchanged + visited - changed,
    failed: was.failed,
  }
  const over = checkpoint.after >= checkpoint.until && checkpoint.left.length === 0
  return { checkpoint: over ? null : checkpoint, done: job.done + visited, total: job.total, result }
}
