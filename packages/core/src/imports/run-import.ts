import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import { openFile } from '../files/open-file.ts'
import { removeFile } from '../files/remove-file.ts'
import { lockJob } from '../jobs/find-jobs.ts'
import { finishJob, tellFeed } from '../jobs/finish-job.ts'
import { byJob, type JobRow } from '../jobs/job.ts'
import type { Outcome, Turn } from '../jobs/kind.ts'
import { holdStages } from '../pipelines/pipelines.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint, Overtaken, type Tx } from '../postgres/transaction.ts'
import type { Column } from './columns.ts'
import { createFields } from './create-fields.ts'
import { type Folded, faultOf, foldRows, type Reading } from './fold-rows.ts'
import { importerOf, sourceOf } from './formats.ts'
import type { ReadBatch } from './importer.ts'
import { type ImportWork, type Prepared, prepareImport } from './prepare-import.ts'
import { isRefused, rowReader } from './read-row.ts'
import { keepDrafts, noExtras, readState } from './state.ts'
import { keepErrors } from './statements.ts'
import { readSurroundings } from './surroundings.ts'
import { writeRows } from './write-rows.ts'

/** How many batches are on their way at once. */
const flights = 2

/** How many rows are read in one go: requests are answered between. */
const slice = 100

/** The job was paused, cancelled or ended, another run is at it, or is to begin anew: what is on its way is not to be written. */
class Stopped extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super('The import is not to go on.')
    this.outcome = outcome
  }
}

/**
 * Imports the rows of a file, batch by batch, each in one transaction with its place in the file: a run that was killed goes on behind
 * the batches that were written. Two are written side by side, unless they are about the same people.
 */
export async function runImport(core: Core, job: JobRow, { until, signal }: Turn): Promise<Outcome> {
  const { workspaceId } = job
  const { fileId, ...input } = job.input as ImportWork
  const file = await openFile(core, workspaceId, fileId, { purpose: 'import' })
  const importer = importerOf(core, input.format)
  const prepared = (job.checkpoint as Prepared | null) ?? (await prepareImport(core, job, file))
  const look = () => core.inWorkspace(workspaceId, (tx) => readSurroundings(tx, workspaceId, input.mapping))
  const { created } = await look()
  if (created.length > 0 && !input.dryRun && !(await createFields(core, job, created))) return 'over'
  // Somebody else may have made one of them, of another type.
  const around = await look()
  const read = rowReader(prepared.columns, prepared.placed, input, around)
  const work = { core, job, input, firstStage: around.shape.firstStage, placed: prepared.placed }

  const done = await readDone(core, job)
  let number = 0
  let from: object | null = null
  for (; done.has(number); number++) from = done.get(number)!
  const flying = new Set<Flight>()
  let failure: unknown
  let left = false
  const { options, size } = prepared
  for await (const batch of importer.read(sourceOf(file), options, { from, size })) {
    const own = number++
    if (failure) break
    if (looksAt.has(own) && !input.dryRun) {
      // What is on its way would not be seen.
      await landing(flying)
      await lookAgain(core)
    }
    if (!done.has(own)) {
      const readings: Reading[] = []
      for (const [i, row] of batch.rows.entries()) {
        if (i % slice === 0) await core.foreground.giveWay()
        readings.push({ row, said: read(row) })
      }
      const people = new Set(identitiesIn(readings.flatMap(({ said }) => (isRefused(said) ? [] : [said]))))
      // Rows about one person are written in their order, also where an earlier one changes by what that person is known.
      await Promise.all([...flying].map(({ hasRead }) => hasRead))
      while (flying.size >= flights || [...flying].some((other) => haveCommon(people, other.people)))
        await Promise.race([...flying].map(({ hasLanded }) => hasLanded))
      if (failure) break
      const flight = takeOff(people, (meets) => writeBatch(work, own, batch, readings, meets))
      flying.add(flight)
      flight.hasLanded = flight.hasLanded
        .catch((error: unknown) => void (failure ??= error))
        .finally(() => flying.delete(flight))
    }
    left = signal?.aborted === true || performance.now() >= until
    if (left) break
  }
  await landing(flying)
  if (failure instanceof Stopped) return failure.outcome
  if (failure) throw failure
  if (left) return 'more'
  const isOver = await finish(core, job, fileId)
  // It has done its service, and tells of people who may want to be forgotten.
  if (isOver && !input.dryRun) await removeFile(core, workspaceId, fileId)
  return 'over'
}

/** Before these batches: a file that is done with the answer has none of them. */
const looksAt = new Set([2, 32, 160])

/**
 * Of a workspace that was empty when Postgres last looked, it believes that there is next to nothing in it, and walks through all of its
 * leads for each batch (see `lockKnown`: 0.2 s at 200,000 leads). Its own look comes by the minute.
 */
async function lookAgain(core: Core): Promise<void> {
  await core
    .outside((tx) => tx.query(sql`analyze leads, lead_search, lead_aliases, lead_tags, import_changes`))
    .catch((error: unknown) => core.log.info({ err: error }, 'the statistics could not be renewed'))
}

interface Work {
  core: Core
  job: JobRow
  input: Omit<ImportWork, 'fileId'>
  firstStage: string
  placed: Column[]
}

/** A batch that is being written. */
interface Flight {
  /** By what those are known whom its rows say, and, once it has read, those whom it found: a later batch about one of them waits. */
  people: Set<string>
  hasRead: Promise<void>
  hasLanded: Promise<void>
}

/** `write` says whom it found. */
function takeOff(people: Set<string>, write: (meets: (known: Identified[]) => void) => Promise<void>): Flight {
  const { promise: hasRead, resolve } = Promise.withResolvers<void>()
  const hasLanded = write((known) => {
    for (const one of identitiesIn(known)) people.add(one)
    resolve()
  }).finally(resolve)
  return { people, hasRead, hasLanded }
}

const landing = (flying: Set<Flight>) => Promise.all([...flying].map(({ hasLanded }) => hasLanded))

type Identified = Partial<Record<'id' | 'email' | 'externalId' | 'phone', string | null>>

const identitiesIn = (people: Identified[]): string[] =>
  people.flatMap(({ id, email, externalId, phone }) => [
    ...(id ? [`i ${id}`] : []),
    ...(email ? [`e ${email}`] : []),
    ...(externalId ? [`x ${externalId}`] : []),
    ...(phone ? [`p ${phone}`] : []),
  ])

function haveCommon(some: Set<string>, others: Set<string>): boolean {
  for (const one of some) if (others.has(one)) return true
  return false
}

/** The batches that are written, with where the one after each begins. */
async function readDone(core: Core, { workspaceId, id }: JobRow): Promise<Map<number, object>> {
  const batches = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<{ number: number; next: object }>(
      sql`select number, next from import_batches where workspace_id = ${workspaceId} and job_id = ${id}`,
    ),
  )
  return new Map(batches.map(({ number, next }) => [number, next]))
}

async function writeBatch(
  { core, job, input, firstStage, placed }: Work,
  number: number,
  { rows, next }: ReadBatch,
  readings: Reading[],
  meets: (known: Identified[]) => void,
) {
  const { workspaceId, id } = job
  const write = async (tx: Tx) => {
    try {
      const at = core.now()
      const [own] = await tx.query<{ number: number }>(sql`
        insert into import_batches (workspace_id, job_id, number, next)
        values (${workspaceId}, ${id}, ${number}, ${JSON.stringify(next)})
        on conflict do nothing returning number`)
      // Another run has just written it.
      if (!own) throw new Stopped('held')
      const said = readings.flatMap(({ said }) => (isRefused(said) ? [] : [said]))
      const stages = new Set([firstStage, ...said.flatMap(({ stage }) => stage ?? [])])
      // One that is gone since this run began is unknown to the next.
      const held = await holdStages(tx, workspaceId, [...stages], { lock: !input.dryRun })
      if (held.size < stages.size) throw new Stopped('more')
      const state = await readState(tx, workspaceId, said, {
        key: input.key,
        lock: !input.dryRun,
        dryRunOf: input.dryRun ? id : undefined,
      })
      meets(state.known)
      await core.foreground.giveWay()
      const folded = foldRows(readings, state, input, { at, firstStage, placed })
      const faults = folded.outcomes.flatMap((outcome, i) => {
        const error = faultOf(outcome, readings[i]!)
        return error ? [{ row: rows[i]!, error, leftOut: outcome.outcome !== 'failed' }] : []
      })
      await core.foreground.giveWay()
      if (faults.length > 0) await tx.query(keepErrors(workspaceId, id, faults))
      if (input.dryRun) await draft(tx, job, folded, state)
      else await writeRows(core, tx, workspaceId, folded, { ...byJob(job), jobId: id }, at)
      await count(tx, job, folded, faults.filter(({ leftOut }) => leftOut).length, at)
    } catch (error) {
      // Somebody else has stored the same person in this moment: now they are known.
      throw /^leads_/.test(brokenConstraint(error) ?? '') ? new Overtaken(error) : error
    }
  }
  // One that a crash undoes is written again; the end of the import is on the disk, and with it all before.
  await core.foreground.behind(() => core.patiently(workspaceId, write, { relaxed: true }))
}

async function draft(
  tx: Tx,
  { workspaceId, id }: JobRow,
  { leads, displaced }: Folded,
  state: Awaited<ReturnType<typeof readState>>,
) {
  const back = new Set(leads.map(({ id }) => id))
  const gone = displaced
    .filter(({ id }) => !back.has(id))
    .map((lead) => ({
      row: { ...lead, email: null, externalId: null, phone: null },
      extras: state.extras.get(lead.id) ?? noExtras(),
    }))
  await keepDrafts(tx, workspaceId, id, [...gone, ...leads])
}

/** The last statement of a batch: it waits for nobody, and ends it where the job has ended. */
async function count(
  tx: Tx,
  { workspaceId, id }: JobRow,
  { outcomes }: Folded,
  warnings: number,
  at: Date,
): Promise<void> {
  const counts = { created: 0, updated: 0, skipped: 0, failed: 0 }
  for (const { outcome } of outcomes) counts[outcome]++
  const [job] = await tx.query(sql`
    update jobs set done = done + ${outcomes.length}, attempts = 0, progressed_at = ${at}, result = jsonb_build_object(
      'created', coalesce((result ->> 'created')::integer, 0) + ${counts.created}::integer,
      'updated', coalesce((result ->> 'updated')::integer, 0) + ${counts.updated}::integer,
      'skipped', coalesce((result ->> 'skipped')::integer, 0) + ${counts.skipped}::integer,
      'failed', coalesce((result ->> 'failed')::integer, 0) + ${counts.failed}::integer,
      'warnings', coalesce((result ->> 'warnings')::integer, 0) + ${warnings}::integer
    )
    where workspace_id = ${workspaceId} and id = ${id} and status = 'running'
    returning 1 as counted`)
  if (!job) throw new Stopped('over')
  await tellFeed(tx, workspaceId)
}

/** Returns whether it did: somebody may have paused it behind its last row. */
async function finish(core: Core, { workspaceId, id }: JobRow, fileId: string): Promise<boolean> {
  return core.patiently(workspaceId, async (tx) => {
    const job = await lockJob(tx, workspaceId, id)
    if (!job) throw notFound('job')
    if (job.finishedAt || job.status !== 'running') return false
    if (job.total !== null && job.done !== job.total)
      throw new LeadNestError('internal', `The file has ${job.total} rows, and ${job.done} were read.`)
    const { dryRun } = job.input as ImportWork
    await tx.query(sql`delete from import_batches where workspace_id = ${workspaceId} and job_id = ${id}`)
    if (dryRun) await tx.query(sql`delete from import_drafts where workspace_id = ${workspaceId} and job_id = ${id}`)
    // From now on, should this process end before it is removed.
    else
      await tx.query(sql`
        update files set expires_at = ${core.now()} where workspace_id = ${workspaceId} and id = ${fileId}`)
    await finishJob(tx, job, { status: 'succeeded' }, job, core.now())
    return true
  })
}
