import { eraseConsents } from '../consents/erase-consents.ts'
import { voidGrants } from '../consents/voided.ts'
import type { Core } from '../core.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { byJob, type JobRow } from '../jobs/job.ts'
import type { Step } from '../jobs/kind.ts'
import type { LeadRow } from '../leads/person.ts'
import { release, rowColumns } from '../leads/statements.ts'
import { removeAll } from '../merges/belongings.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { isSameJson } from '../same-json.ts'
import type { ImportChange } from './statements.ts'

type Row = LeadRow & {
  ownerId: string | null
  lostReason: string | null
  stageChangedAt: string | null
  updatedAt: string
  lastActivityAt: string
  deletedAt: string | null
  mergedInto: string | null
  /** Whether anything happened to it that was neither this import nor a rule of the workspace. */
  edited: boolean
}

type Image = Record<string, unknown>
type Known = Pick<Row, 'email' | 'externalId' | 'phone'>

/** An identity that is somebody else's now; `giver` is who has it, where that one is to be as before as well, without it. */
interface Taken {
  kind: keyof Known
  by: string
  giver: string | undefined
}

/**
 * Takes back what an import did to the next leads: what it created goes, what it changed is as before. A lead that somebody has changed
 * since, in what the import changed, stays as it is and is marked; so does one whose old identity is somebody else's now.
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
  const { changed, givers } = freed(
    others.filter((change) => isAsLeft(byId.get(change.leadId)!, change)),
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

/** Over how many others a lead waits for what it had: each that is not in the step is looked for by itself. */
const reach = 20

/** Who has what these had, where it is the turn of those only in a later step. */
async function holdGivers(tx: Tx, job: JobRow, taken: Map<string, Taken[]>, byId: Map<string, Row>) {
  const ids = [...taken.values()].flat().flatMap(({ by }) => (byId.has(by) ? [] : [by]))
  if (ids.length === 0) return { changes: [], rows: [] }
  const changes = await tx.query<ImportChange>(sql`
    select lead_id, created, displaced, before, after, tags, notes from import_changes
    where workspace_id = ${job.workspaceId} and job_id = ${job.undoOf} and lead_id = any(${ids}::uuid[])
      and ${isDue(job)} and not displaced and not created`)
  const rows = await readRows(tx, job, changes, sql`for update skip locked`)
  const held = new Set(rows.map(({ id }) => id))
  return { changes: changes.filter(({ leadId }) => held.has(leadId)), rows }
}

/** Which of these get back what they had: what another of them has is free where that one gets back what it had, too. */
function freed(changes: ImportChange[], taken: Map<string, Taken[]>): { changed: ImportChange[]; givers: string[] } {
  const back = new Set(changes.map(({ leadId }) => leadId))
  const changed = changes.filter(({ leadId }) =>
    (taken.get(leadId) ?? []).every(({ giver }) => giver !== undefined && back.has(giver)),
  )
  if (changed.length < changes.length) return freed(changed, taken)
  return {
    changed,
    givers: changed.flatMap(({ leadId }) => (taken.get(leadId) ?? []).flatMap(({ giver }) => giver ?? [])),
  }
}

/** What an earlier undo left alone is tried again, what this one did is not. */
const isDue = ({ id }: JobRow): Sql => sql`left_by is distinct from ${id}`

/** The last lead of the step before: what stays above it is not gone through again at each step. */
interface Place {
  below?: string
}

/** The youngest first: leads that the import made go before those are put back whose address they have. Behind the last come those that somebody held. */
async function nextChanges(tx: Tx, job: JobRow, size: number, { displaced }: { displaced: boolean }) {
  const { below } = (job.checkpoint ?? {}) as Place
  const read = (which: Sql) =>
    tx.query<ImportChange>(sql`
      select lead_id, created, displaced, before, after, tags, notes from import_changes
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
    return Object.keys(before).length > 0 ? [{ ...change, before, after: of(change.after) }] : []
  })
  await putBack(tx, job, free, byId, core.now())
  const given = new Map(free.map(({ leadId, before }) => [leadId, Object.keys(before)]))
  await tx.query(sql`
    update import_changes c set left_by = ${job.id}, before = c.before - v.given, after = c.after - v.given
    from (
      select (v ->> 'leadId')::uuid as lead_id, array(select jsonb_array_elements_text(v -> 'given')) as given
      from unnest(${changes.map(({ leadId }) => JSON.stringify({ leadId, given: given.get(leadId) ?? [] }))}::jsonb[]) as v
    ) v
    where c.workspace_id = ${workspaceId} and c.job_id = ${undoOf} and c.lead_id = v.lead_id`)
  await tx.query(sql`
    delete from import_changes
    where workspace_id = ${workspaceId} and job_id = ${undoOf} and displaced and before = '{}'
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

/**
 * Leads that somebody else holds are left for a later batch, as a transaction that holds some and waits for others could deadlock with
 * a capture. Where no other is left, one is waited for; if it is gone, so be it.
 */
async function hold(tx: Tx, job: JobRow, next: ImportChange[]): Promise<{ changes: ImportChange[]; rows: Row[] }> {
  if (next.length === 0) return { changes: [], rows: [] }
  const rows = await readRows(tx, job, next, sql`for update skip locked`)
  const held = new Set(rows.map(({ id }) => id))
  if (held.size > 0) return { changes: next.filter(({ leadId }) => held.has(leadId)), rows }
  const first = next.slice(0, 1)
  return { changes: first, rows: await readRows(tx, job, first, sql`for update`) }
}

/**
 * What a rule of the workspace does by itself is no change of somebody's, nor is what a later import did and its undo took back: imports can
 * be undone one after the other, the last one first.
 */
async function readRows(tx: Tx, job: JobRow, changes: ImportChange[], lock: Sql): Promise<Row[]> {
  const { workspaceId, undoOf } = job
  const takenBack = await jobsTakenBack(tx, job)
  return tx.query<Row>(sql`
    select ${rowColumns}, owner_id, lost_reason, stage_changed_at, updated_at, last_activity_at, deleted_at, merged_into, exists (
      select from events e
      where e.workspace_id = ${workspaceId} and e.lead_id = leads.id
        and coalesce(e.data ->> 'importId', e.data ->> 'jobId') is distinct from ${undoOf}
        and e.type not in ('lead.scored', 'lead.assigned', 'lead.waiting', 'lead.reminded')
        and not exists (
          select from jobs j
          where j.workspace_id = ${workspaceId} and j.id = any(${takenBack}::uuid[])
            and j.id::text = coalesce(e.data ->> 'importId', e.data ->> 'jobId')
            and not exists (
              select from import_changes c
              where c.workspace_id = ${workspaceId} and c.job_id = j.id and c.lead_id = leads.id
            )
        )
    ) as edited
    from leads where leads.workspace_id = ${workspaceId} and leads.id = any(${changes.map(({ leadId }) => leadId)}::uuid[])
    order by leads.id ${lock}`)
}

/** Imports since this one that were undone, and their undos. */
async function jobsTakenBack(tx: Tx, { workspaceId, undoOf }: JobRow): Promise<string[]> {
  const jobs = await tx.query<{ id: string; undoOf: string }>(sql`
    select u.id, u.undo_of from jobs u
    join jobs own on own.workspace_id = u.workspace_id and own.id = ${undoOf}
    where u.workspace_id = ${workspaceId} and u.undo_of <> own.id and u.kind = 'import_undo'
      and u.created_at >= own.created_at`)
  return jobs.flatMap(({ id, undoOf }) => [id, undoOf])
}

function valueIn(row: Row, name: string): unknown {
  return name.startsWith('fields.') ? (row.fields[name.slice(7)] ?? null) : row[name as keyof Row]
}

function isAsLeft(row: Row, { after }: ImportChange): boolean {
  return Object.entries(after as Image).every(
    ([name, value]) => name === 'updatedAt' || isSameJson(valueIn(row, name), value),
  )
}

/** Leads that would get an identity back that is somebody else's by now, and which. */
async function takenIdentities(
  tx: Tx,
  workspaceId: string,
  changes: ImportChange[],
  byId: Map<string, Row>,
): Promise<Map<string, Taken[]>> {
  const back = changes.flatMap(({ leadId, before }) => {
    const row = byId.get(leadId)
    return row ? [{ leadId, ...identitiesAfter(row, before as Image) }] : []
  })
  const emails = back.flatMap(({ email, changed }) => (changed && email ? [email] : []))
  const externalIds = back.flatMap(({ externalId, changed }) => (changed && externalId ? [externalId] : []))
  const phones = back.flatMap(({ email, phone, changed }) => (changed && !email && phone ? [phone] : []))
  if (emails.length + externalIds.length + phones.length === 0) return new Map()
  const others = await tx.query<Known & { id: string }>(sql`
    select id, email, external_id, phone from leads where workspace_id = ${workspaceId} and email = any(${emails})
    union all
    select id, email, external_id, phone from leads where workspace_id = ${workspaceId} and external_id = any(${externalIds})
    union all
    select id, email, external_id, phone from leads where workspace_id = ${workspaceId} and phone = any(${phones}) and email is null`)
  const after = new Map(back.map((one) => [one.leadId, one]))
  const taken = new Map<string, Taken[]>()
  for (const { leadId, email, externalId, phone, changed } of back)
    for (const other of others) {
      if (!changed || other.id === leadId) continue
      const has = (one: Known) => ({
        email: email !== null && one.email === email,
        externalId: externalId !== null && one.externalId === externalId,
        phone: email === null && phone !== null && one.email === null && one.phone === phone,
      })
      const [now, then] = [has(other), after.has(other.id) && has(after.get(other.id)!)]
      const found = (['email', 'externalId', 'phone'] as const).flatMap((kind) =>
        now[kind] ? [{ kind, by: other.id, giver: then && !then[kind] ? other.id : undefined }] : [],
      )
      if (found.length > 0) taken.set(leadId, [...(taken.get(leadId) ?? []), ...found])
    }
  return taken
}

function identitiesAfter(row: Row, before: Image) {
  const of = (name: 'email' | 'externalId' | 'phone') => (name in before ? (before[name] as string | null) : row[name])
  const changed = 'email' in before || 'externalId' in before || 'phone' in before
  return { email: of('email'), externalId: of('externalId'), phone: of('phone'), changed }
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

async function putBack(tx: Tx, job: JobRow, changes: ImportChange[], byId: Map<string, Row>, at: Date): Promise<void> {
  if (changes.length === 0) return
  const { workspaceId } = job
  const rows = changes.map((change) => asBefore(byId.get(change.leadId)!, change, at))
  const tags = changes.flatMap(({ leadId, tags }) => tags.map((name) => ({ leadId, name })))
  const notes = changes.flatMap(({ notes }) => notes)
  await tx.query(updateRows(workspaceId, rows))
  if (tags.length > 0)
    await tx.query(sql`
      delete from lead_tags where workspace_id = ${workspaceId} and (lead_id, name) in (
        select * from unnest(${tags.map(({ leadId }) => leadId)}::uuid[], ${tags.map(({ name }) => name)}::text[])
      )`)
  if (notes.length > 0)
    await tx.query(sql`delete from notes where workspace_id = ${workspaceId} and id = any(${notes}::uuid[])`)
  const events = changes.map(({ leadId, before, after }) =>
    newEvent({
      type: 'lead.updated',
      leadId,
      ...byJob(job),
      data: { changes: reversed(before as Image, after as Image) },
      at,
    }),
  )
  await recordEvents(tx, workspaceId, events, { byJob: true })
}

/** What goes with other changes. */
const untold = new Set(['updatedAt', 'lostReason', 'stageChangedAt'])

const reversed = (before: Image, after: Image) =>
  Object.fromEntries(
    Object.entries(after).flatMap(([name, value]) => (untold.has(name) ? [] : [[name, [value, before[name]]]])),
  )

function asBefore(row: Row, { before, after }: ImportChange, at: Date): Row {
  const { updatedAt = row.updatedAt, lastActivityAt = row.lastActivityAt, ...image } = before as Image & Partial<Row>
  const is: Row = { ...row, fields: { ...row.fields } }
  for (const [name, value] of Object.entries(image)) {
    if (!name.startsWith('fields.')) Object.assign(is, { [name]: value })
    else if (value === null) delete is.fields[name.slice(7)]
    else is.fields[name.slice(7)] = value as LeadRow['fields'][string]
  }
  // Something else has happened since: then it is not as if nothing had.
  const untouched = row.updatedAt === ((after as Partial<Row>).updatedAt ?? row.updatedAt)
  return {
    ...is,
    updatedAt: untouched ? updatedAt : at.toISOString(),
    lastActivityAt: untouched ? lastActivityAt : row.lastActivityAt,
  }
}

const updateRows = (workspaceId: string, rows: Row[]): Sql => sql`
  update leads set
    email = v.email, phone = v.phone, name = v.name, first_name = v.first_name, last_name = v.last_name, company = v.company,
    external_id = v.external_id, stage = v.stage, fields = v.fields, owner_id = v.owner_id, lost_reason = v.lost_reason,
    stage_changed_at = v.stage_changed_at, updated_at = v.updated_at, last_activity_at = v.last_activity_at, deleted_at = v.deleted_at
  from unnest(
    ${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ email }) => email)}::text[], ${rows.map(({ phone }) => phone)}::text[],
    ${rows.map(({ name }) => name)}::text[], ${rows.map(({ firstName }) => firstName)}::text[],
    ${rows.map(({ lastName }) => lastName)}::text[], ${rows.map(({ company }) => company)}::text[],
    ${rows.map(({ externalId }) => externalId)}::text[], ${rows.map(({ stage }) => stage)}::text[],
    ${rows.map(({ fields }) => JSON.stringify(fields))}::jsonb[], ${rows.map(({ ownerId }) => ownerId)}::uuid[],
    ${rows.map(({ lostReason }) => lostReason)}::text[], ${rows.map(({ stageChangedAt }) => stageChangedAt)}::timestamptz[],
    ${rows.map(({ updatedAt }) => updatedAt)}::timestamptz[], ${rows.map(({ lastActivityAt }) => lastActivityAt)}::timestamptz[],
    ${rows.map(({ deletedAt }) => deletedAt)}::timestamptz[]
  ) as v (id, email, phone, name, first_name, last_name, company, external_id, stage, fields, owner_id, lost_reason,
    stage_changed_at, updated_at, last_activity_at, deleted_at)
  where leads.workspace_id = ${workspaceId} and leads.id = v.id and leads.id = any(${rows.map(({ id }) => id)}::uuid[])`
