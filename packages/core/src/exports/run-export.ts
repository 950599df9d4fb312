import type { Which } from '../bulk/which-leads.ts'
import { conditionOf } from '../bulk/which-leads.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { readShape } from '../fields/shape.ts'
import { removeFile } from '../files/remove-file.ts'
import { writeFile } from '../files/write-file.ts'
import { filterContext } from '../filters/context.ts'
import { lockJob } from '../jobs/find-jobs.ts'
import { finishJob, tellFeed } from '../jobs/finish-job.ts'
import type { JobRow } from '../jobs/job.ts'
import type { Outcome, Runner, Turn } from '../jobs/kind.ts'
import { sql } from '../postgres/sql.ts'
import { chooseColumns } from './columns.ts'
import type { ExportInput } from './export.ts'
import { exporterOf } from './formats.ts'
import { readLeads } from './read-leads.ts'

/** What the job of an export was asked for. */
export interface ExportWork extends Pick<ExportInput, 'format' | 'columns' | 'options'> {
  which: Which
  /** Made by the clock, when perhaps nobody looks. */
  planned?: true
}

/** For how many days its file can be fetched. */
const daysKept = (planned = false) => (planned ? 7 : 1)
/** How many leads go by before the job says so. */
const stride = 10_000

/**
 * Writes leads into a file, as they stood when it began: one snapshot, streamed, so that memory stays as it is however many there are. One
 * that was killed begins anew.
 */
async function runExport(core: Core, job: JobRow, { signal }: Turn): Promise<Outcome> {
  const { workspaceId, id } = job
  const { which, format, columns: chosen, options, planned } = job.input as ExportWork
  const exporter = exporterOf(core, format)
  const { condition, columns } = await core.inWorkspace(workspaceId, async (tx) => ({
    condition: conditionOf(await filterContext(tx, workspaceId, new Date(job.createdAt)), which),
    columns: chooseColumns(await readShape(tx, workspaceId), chosen),
  }))
  let rows = 0
  const counted = (async function* () {
    let told = 0
    for await (const some of readLeads(core, workspaceId, condition, columns)) {
      // Whoever stops the worker lets another one begin anew.
      signal?.throwIfAborted()
      rows += some.length
      if (rows - told >= stride) {
        told = rows
        await progress(core, job, rows)
      }
      yield some
    }
  })()
  const named = columns.map(({ key, label }) => ({ key, label }))
  const at = core.now()
  const about = {
    name: `leads-${at.toISOString().slice(0, 10)}.${exporter.extension}`,
    type: exporter.type,
    purpose: 'export',
    expiresAt: new Date(at.getTime() + daysKept(planned) * 86_400_000),
  }
  const file = await writeFile(core, workspaceId, encoded(exporter.write(counted, named, options)), about)
  const kept = await core.inWorkspace(workspaceId, async (tx) => {
    const held = await lockJob(tx, workspaceId, id)
    if (!held || held.finishedAt) return false
    await tx.query(sql`
      update jobs set checkpoint = ${JSON.stringify({ fileId: file.id, expiresAt: about.expiresAt })}, done = ${rows}, total = ${rows}, result = ${JSON.stringify({ rows })}
      where workspace_id = ${workspaceId} and id = ${id}`)
    await finishJob(tx, held, { status: 'succeeded' }, held, core.now())
    return true
  })
  if (!kept) await removeFile(core, workspaceId, file.id)
  return 'over'
}

/** Throws where the job has ended meanwhile, as by a cancel. */
async function progress(core: Core, { workspaceId, id }: JobRow, rows: number): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    const [job] = await tx.query(sql`
      update jobs set done = ${rows}, attempts = 0, progressed_at = ${core.now()}, result = ${JSON.stringify({ rows })}
      where workspace_id = ${workspaceId} and id = ${id} and finished_at is null returning 1 as told`)
    if (!job) throw new LeadNestError('job_finished', 'This export was cancelled.')
    await tellFeed(tx, workspaceId)
  })
}

async function* encoded(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for await (const part of source) yield typeof part === 'string' ? Buffer.from(part) : part
}

export const exportKind: Runner = { run: runExport, patience: 0, needs: { scope: 'privacy:read', admins: true } }
