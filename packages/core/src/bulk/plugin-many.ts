import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { filterContext } from '../filters/context.ts'
import { byJob, type JobRow } from '../jobs/job.ts'
import type { Kind } from '../jobs/kind.ts'
import { Later } from '../jobs/later.ts'
import { goByIndexes } from '../leads/count-leads.ts'
import { actOn, findAction } from '../plugins/run-action.ts'
import { demandTurn } from '../plugins/run-plugin.ts'
import type { ActionOf } from './actions.ts'
import { begin, type Checkpoint, countNext, nextEdge, nothing } from './run-bulk.ts'
import { findMatching } from './walk.ts'
import { conditionOf, type Which } from './which-leads.ts'

interface Input {
  which: Which
  action: ActionOf<'plugin'>
}

interface Acted {
  done: number
  failed: number
  /** As far as this the leads were met. */
  reached: string
}

/** How many leads a plugin works on side by side. */
const atOnce = 5

/**
 * Lets a plugin do something to each lead. It is asked between two transactions, for it may take long: what it has begun it
 * ends, also when the job is cancelled, and a lead may be met twice after a crash, with the same idempotency key.
 */
export const pluginMany: Kind = {
  byPlugins: true,

  async ahead(core, job): Promise<Acted | undefined> {
    const checkpoint = job.checkpoint as Checkpoint | null
    if (!checkpoint || checkpoint.counted < checkpoint.until) return undefined
    const { action } = job.input as Input
    const found = findAction(core, action, 'selection')
    const { restsFor } = await demandTurn(core, job.workspaceId, found.plugin, byJob(job))
    if (restsFor > 0) throw new Later(restsFor)
    const { ids, reached } = await nextLeads(core, job, checkpoint)
    const outcomes = await Promise.all(ids.map((id) => act(core, job, found, id)))
    const done = outcomes.filter(Boolean).length
    return { done, failed: ids.length - done, reached }
  },

  async step(_core, tx, job, _size, acted) {
    const { which } = job.input as Input
    const checkpoint = (job.checkpoint as Checkpoint | null) ?? (await begin(tx, job.workspaceId, which))
    if (!checkpoint) return { checkpoint: null, done: 0, total: 0, result: nothing }
    if (checkpoint.counted < checkpoint.until) {
      const condition = conditionOf(await filterContext(tx, job.workspaceId, new Date(job.createdAt)), which)
      await goByIndexes(tx)
      return countNext(tx, job, condition, checkpoint)
    }
    const { done, failed, reached } = acted as Acted
    const was = { ...nothing, ...job.result }
    const result = {
      matched: was.matched + done + failed,
      changed: was.changed + done,
      unchanged: 0,
      failed: was.failed + failed,
    }
    const over = reached >= checkpoint.until
    return {
      checkpoint: over ? null : { ...checkpoint, after: reached },
      done: job.done + done + failed,
      total: job.total,
      result,
    }
  },
}

async function nextLeads(core: Core, job: JobRow, { after, until }: Checkpoint) {
  const { which } = job.input as Input
  return core.inWorkspace(job.workspaceId, async (tx) => {
    const condition = conditionOf(await filterContext(tx, job.workspaceId, new Date(job.createdAt)), which)
    await goByIndexes(tx)
    const edge = await nextEdge(tx, job, after, until)
    const ids = await findMatching(tx, job.workspaceId, condition, { after, until: edge }, atOnce)
    return { ids, reached: ids.length < atOnce ? edge : ids.at(-1)! }
  })
}

/** Whether it could be done. What is refused or fails is counted, and the next lead is next. */
async function act(core: Core, job: JobRow, found: ReturnType<typeof findAction>, leadId: string): Promise<boolean> {
  const { action } = job.input as Input
  const call = { input: action.input, idempotencyKey: `${job.id}:${leadId}`, by: byJob(job) }
  try {
    await actOn(core, found, job.workspaceId, leadId, call)
    return true
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.code === 'plugin_off' || error.code === 'unavailable') throw error
    const [log, where] = [core.log, { plugin: action.plugin, workspaceId: job.workspaceId, jobId: job.id, leadId }]
    log.warn({ ...where, err: error.cause ?? error }, 'a plugin could not act on a lead')
    return false
  }
}
