import { eraseConsents } from '../consents/erase-consents.ts'
import { voidGrants } from '../consents/voided.ts'
import type { Core } from '../core.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { byJob, type JobRow } from '../jobs/job.ts'
import type { Step } from '../jobs/kind.ts'
import { release } from '../leads/statements.ts'
import { removeAll } from '../merges/belongings.ts'
import { holdStages } from '../pipelines/pipelines.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { putBack } from './put-back.ts'
import { changeColumns, type ImportChange } from './statements.ts'
import { freed, holdGivers, takenIdentities } from './undo-identities.ts'
import { hold, isAsLeft, isDue } from './undo-rows.ts'

/**
 * Takes back what an import did to the next leads: what it created goes, what it changed is as before. A lead that somebody has changed
 * since, in what the import changed, stays as it is and is marked; so does one whose old identity is somebody else's now, or whose old stage is gone.
 */
export async function undoStep(core: Core, tx: Tx, job: JobRow, size: number): Promise<Step> {
  const { workspaceId, undoOf } = job
  const total = job.total ?? (await countChanges(tx, job))
  const next = await nextChanges(tx, job, size, { displaced: false })
  // Leads that the import made have gone, and with them what others had.
  if (next.length === 0) return giveBack(core, tx, job, size, total)
  const { changes, rows } = await hold(tx, job, next)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const at = core.now()
  const isThere = ({ leadId }: ImportChange) => byId.has(leadId) && !byId.get(leadId)!.mergedInto
  const created = changes.filter((change) => {
    const row = byId.get(change.leadId)
    return change.created && isThere(change) && !row!.edited && !row!.deletedAt
  })
  await remove(core, tx, job, created, at)
  const others = changes.filter((change) => !change.created && isThere(change))
  let taken = await takenIdentities(tx, workspaceId, others, byId)
  for (let i = 0; i < reach; i++) {
    const more = await holdGivers(tx, job, taken, byId)
    if (more.changes.length === 0) break
    for (const row of more.rows) byId.set(row.id, row)
    changes.push(...more.changes)
    others.push(...more.changes.filter(isThere))
    taken = await takenIdentities(tx, workspaceId, others, byId)
  }
  const asLeft = others.filter((change) => isAsLeft(byId.get(change.leadId)!, change))
  const stages = await holdStages(tx, workspaceId, asLeft.flatMap(stageOf))
  const { changed, givers } = freed(
    asLeft.filter((change) => stageOf(change).every((stage) => stages.has(stage))),
    taken,
  )
  if (givers.length > 0) await tx.query(release(workspaceId, givers))
  await putBack(tx, job, changed, byId, at)
  const leadIds = changed.map(({ leadId }) => leadId)
  await voidGrants(core, tx, workspaceId, { importId: undoOf!, leadIds }, byJob(job))
  const restored = [...created, ...changed].map(({ leadId }) => leadId)
  const leftAlone = changes.flatMap(({ leadId }) => (restored.includes(leadId) ? [] : [leadId]))
  await tx.query(sql`
    delete from import_changes where workspace_id = ${workspaceId} and job_id = ${undoOf} and lead_id = any(${restored}::uuid[])`)
  await tx.query(sql`
    update import_changes set left_by = ${job.id}
    where workspace_id = ${workspaceId} and job_id = ${undoOf} and lead_id = any(${leftAlone}::uuid[])`)

  const was = job.result ?? { restored: 0, leftAlone: 0 }
  const result = { restored: was.restored! + restored.length, leftAlone: was.leftAlone! + leftAlone.length }
  return { checkpoint: placeBehind(next), done: job.done + changes.length, total, result }
}

/** Where it goes back to, if the import moved it. */
const stageOf = ({ before }: ImportChange): string[] => ('stage' in before ? [before.stage as string] : [])

/** Over how many others a lead waits for what it had: each that is not in the step is looked for by itself. */
const reach = 20

/** The last lead of the step before: what stays above it is not gone through again at each step. */
interface Place {
  below?: string
}

/** The youngest first: leads that the import made go before those are put back whose address they have. Behind the last come those that somebody held. */
async function nextChanges(tx: Tx, job: JobRow, size: number, { displaced }: { displaced: boolean }) {
  const { below } = (job.checkpoint ?? {}) as Place
  const read = (which: Sql) =>
    tx.query<ImportChange>(sql`
      select ${changeColumns} from import_changes
      where workspace_id = ${job.workspaceId} and job_id = ${job.undoOf} and ${isDue(job)} and displaced = ${displaced} and ${which}
      order by lead_id desc limit ${size}`)
  const next = below ? await read(sql`lead_id < ${below}`) : []
  return next.length > 0 ? next : read(sql`true`)
}

const placeBehind = (next: ImportChange[]): Place => ({ below: next.at(-1)!.leadId })

/** Deleted leads get back by what they were known, as far as nobody else is known by it; they are no leads that the import changed. */
async function giveBack(core: Core, tx: Tx, job: JobRow, size: number, total: number): Promise<Step> {
  const { workspaceId, undoOf } = job
  const next = await nextChanges(tx, job, size, { displaced: true })
  const { changes, rows } = await hold(tx, job, next)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const taken = await takenIdentities(tx, workspaceId, changes, byId)
  const free = changes.flatMap((change) => {
    const row = byId.get(change.leadId)
    if (!row || row.mergedInto || !isAsLeft(row, change)) return []
    const others = new Set<string>(taken.get(row.id)?.map(({ kind }) => kind))
    // A phone is only that of one lead without an e-mail.
    const left = (kind: string) => !others.has(kind) && !(kind === 'phone' && others.has('email'))
    const of = (image: object) => Object.fromEntries(Object.entries(image).filter(([kind]) => left(kind)))
    const before = of(change.before)
    return Object.keys(before).length + change.aliases.length > 0
      ? [{ ...change, before, after: of(change.after) }]
      : []
  })
  const aliases = Map.groupBy(await putBack(tx, job, free, byId, core.now()), ({ leadId }) => leadId)
  const beforeOf = new Map(free.map(({ leadId, before }) => [leadId, before]))
  const given = changes.map(({ leadId }) => ({
    leadId,
    kinds: Object.keys(beforeOf.get(leadId) ?? {}),
    aliases: aliases.get(leadId)?.map(({ alias }) => alias) ?? [],
  }))
  await tx.query(sql`
    update import_changes c set left_by = ${job.id}, before = c.before - v.kinds, after = c.after - v.kinds,
      aliases = array(select unnest(c.aliases) except select unnest(v.aliases))
    from (
      select (v ->> 'leadId')::uuid as lead_id, array(select jsonb_array_elements_text(v -> 'kinds')) as kinds,
        array(select jsonb_array_elements_text(v -> 'aliases')) as aliases
      from unnest(${given.map((one) => JSON.stringify(one))}::jsonb[]) as v
    ) v
    where c.workspace_id = ${workspaceId} and c.job_id = ${undoOf} and c.lead_id = v.lead_id`)
  await tx.query(sql`
    delete from import_changes
    where workspace_id = ${workspaceId} and job_id = ${undoOf} and displaced and before = '{}' and aliases = '{}'
      and lead_id = any(${changes.map(({ leadId }) => leadId)}::uuid[])`)
  return {
    checkpoint: next.length > 0 ? placeBehind(next) : null,
    done: job.done,
    total,
    result: job.result ?? { restored: 0, leftAlone: 0 },
  }
}

async function countChanges(tx: Tx, job: JobRow): Promise<number> {
  const [row] = await tx.query<{ count: number }>(sql`
    select count(*)::integer as count from import_changes
    where workspace_id = ${job.workspaceId} and job_id = ${job.undoOf} and ${isDue(job)} and not displaced`)
  return row!.count
}

async function remove(core: Core, tx: Tx, job: JobRow, changes: ImportChange[], at: Date): Promise<void> {
  const ids = changes.map(({ leadId }) => leadId)
  if (ids.length === 0) return
  const { jobId, ...by } = byJob(job)
  const consenting = await tx.query<{ id: string }>(sql`
    select distinct lead_id as id from consents where workspace_id = ${job.workspaceId} and lead_id = any(${ids}::uuid[])`)
  await eraseConsents(
    core,
    tx,
    job.workspaceId,
    consenting.map(({ id }) => id),
    by,
  )
  await removeAll(tx, job.workspaceId, ids, at)
  const events = ids.map((leadId) =>
    newEvent({ type: 'lead.purged', leadId: null, ...by, jobId, data: { leadId }, at }),
  )
  await recordEvents(tx, job.workspaceId, events, { byJob: true })
}
