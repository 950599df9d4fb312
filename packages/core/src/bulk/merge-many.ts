import { LeadNestError } from '../errors.ts'
import { byJob, type JobRow } from '../jobs/job.ts'
import type { Kind } from '../jobs/kind.ts'
import { keepChanges } from '../jobs/run-undo.ts'
import { mergeTwo } from '../merges/merge-leads.ts'
import { unmerge } from '../merges/undo-merge.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Which } from './which-leads.ts'

/** How many leads one job may make one of. */
export const mostMerged = 100

/** Merges named leads into the oldest of them, one after the other. That one counts as unchanged. */
export const mergeMany: Kind = {
  oneByOne: true,

  async step(core, tx, job) {
    const [survivor, ...others] = (job.input as { which: Which }).which.ids ?? []
    const was = { matched: 0, changed: 0, unchanged: 0, failed: 0, ...job.result }
    const counts = { ...was, matched: was.matched + 1 }
    const other = job.done === 0 ? undefined : others[job.done - 1]
    if (!other) counts.unchanged += 1
    else {
      const mergeId = await refusable(
        async () => (await mergeTwo(core, tx, job.workspaceId, [survivor!, other], byJob(job))).id,
      )
      if (mergeId) await keepMerge(tx, job, was.changed, other, mergeId)
      counts[mergeId ? 'changed' : 'failed'] += 1
    }
    const done = job.done + 1
    const total = 1 + others.length
    return { checkpoint: done < total ? {} : null, done, total, result: counts }
  },

  /** A merge that cannot be undone any more, as the lead was deleted or merged since, is left alone. */
  async restore(core, tx, job, { changes }) {
    const restored: string[] = []
    for (const { leadId, after } of changes) {
      const { mergeId } = after as { mergeId: string }
      if (await refusable(() => unmerge(core, tx, job.workspaceId, mergeId, byJob(job)))) restored.push(leadId)
    }
    return { seen: changes.map(({ leadId }) => leadId), restored }
  },
}

const keepMerge = (tx: Tx, job: JobRow, from: number, leadId: string, mergeId: string) =>
  keepChanges(tx, job, [{ leadId, before: {}, after: { mergeId } }], from)

/** Undefined where it is refused. */
async function refusable<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof LeadNestError && error.code !== 'unavailable') return undefined
    throw error
  }
}
