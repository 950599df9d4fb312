import { parseCronItem } from 'graphile-worker'
import type { Role } from '../accounts/account.ts'
import { everyWorkspace } from '../accounts/every-workspace.ts'
import { scopesOf } from '../accounts/principal.ts'
import type { Core } from '../core.ts'
import { invalid, isRefusal, notFound, saidOf, under } from '../errors.ts'
import type { Actor, By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { recentFilterContext } from '../filters/context.ts'
import { checkFilter } from '../filters/saved.ts'
import { isId, newId } from '../id.ts'
import { finishJob } from '../jobs/finish-job.ts'
import { scheduleRun, startJob } from '../jobs/start-job.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { readExportInput } from './begin-export.ts'
import type { ExportSchedule, ExportScheduleInput } from './export.ts'

const columns = sql`id, name, cron, input as export, enabled, last_job_id as last_export_id, next_at, created_at`
/** How often an export that is due is tried, once a minute, before it is one that failed. */
const mostTries = 5
const minute = 60_000
const day = 24 * 60 * minute
/** In days: from 2096 on, a 29th of February is that far away. */
const mostAhead = 8 * 366

/** When a crontab's five places (UTC) fit next, after this moment. Throws `invalid_input` where they never do. */
export function nextTime(cron: string, after: Date): Date {
  const fits = matcherOf(cron)
  // Days are looked at before their minutes, of which there are many.
  const fitsDay = matcherOf(`* * ${cron.trim().split(' ').slice(2).join(' ')}`)
  const first = Math.floor(after.getTime() / minute) * minute + minute
  const today = Math.floor(first / day) * day
  for (let i = 0; i < mostAhead; i++) {
    const begins = today + i * day
    if (!fitsDay(new Date(begins))) continue
    for (let at = Math.max(begins, first); at < begins + day; at += minute) if (fits(new Date(at))) return new Date(at)
  }
  throw invalid('cron', 'This time never comes.')
}

function matcherOf(cron: string): (time: Date) => boolean {
  const { match } = parsed(cron)
  return (time) =>
    match({
      min: time.getUTCMinutes(),
      hour: time.getUTCHours(),
      date: time.getUTCDate(),
      month: time.getUTCMonth() + 1,
      dow: time.getUTCDay(),
    })
}

/** In how many minutes of an hour it fits. */
function minutesOf(cron: string): number {
  const fits = matcherOf(`${cron.trim().split(' ')[0]} * * * *`)
  return Array.from({ length: 60 }, (_, i) => new Date(i * minute)).filter(fits).length
}

function parsed(cron: string) {
  try {
    return parseCronItem({ task: 'export', match: cron })
  } catch {
    throw invalid('cron', 'This is no time of a crontab. Write it in digits, as in 0 7 * * 1: Mondays at 7.')
  }
}

/** Throws `invalid_input`, `unknown_reference`. */
export async function createExportSchedule(
  core: Core,
  workspaceId: string,
  { name, cron, export: input }: ExportScheduleInput,
  by: By,
): Promise<ExportSchedule> {
  const at = core.now()
  const nextAt = nextTime(cron, at)
  if (minutesOf(cron) > 1)
    throw invalid('cron', 'This is more often than once an hour. Name one minute, as in 0 * * * *: each full hour.')
  const { check } = await under('export', async () => {
    checkFilter(input.filter ?? '', await recentFilterContext(core, workspaceId))
    return readExportInput(core, workspaceId, input)
  })
  return core.inWorkspace(workspaceId, async (tx) => {
    await under('export', () => check(tx))
    const id = newId(at.getTime())
    const [schedule] = await tx.query<ExportSchedule>(sql`
      insert into export_schedules (workspace_id, id, name, cron, input, enabled, actor, next_at, created_at)
      values (${workspaceId}, ${id}, ${name}, ${cron}, ${JSON.stringify(input)}, true, ${JSON.stringify(by.actor)}, ${nextAt}, ${at})
      returning ${columns}`)
    await tell(tx, workspaceId, 'export_schedule.saved', schedule!, by, at)
    return schedule!
  })
}

export const listExportSchedules = (core: Core, workspaceId: string): Promise<ExportSchedule[]> =>
  core.inWorkspace(workspaceId, (tx) =>
    tx.query<ExportSchedule>(
      sql`select ${columns} from export_schedules where workspace_id = ${workspaceId} order by id`,
    ),
  )

/** Throws `not_found`. What it has made stays for its time. */
export async function deleteExportSchedule(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    const [schedule] = isId(id)
      ? await tx.query<ExportSchedule>(
          sql`delete from export_schedules where workspace_id = ${workspaceId} and id = ${id} returning ${columns}`,
        )
      : []
    if (!schedule) throw notFound('schedule')
    await tell(tx, workspaceId, 'export_schedule.deleted', schedule, by, core.now())
  })
}

function tell(
  tx: Tx,
  workspaceId: string,
  type: 'export_schedule.saved' | 'export_schedule.deleted',
  { id, cron }: ExportSchedule,
  by: By,
  at: Date,
) {
  return recordEvents(tx, workspaceId, [newEvent({ type, leadId: null, ...by, data: { id, cron }, at })])
}

/** Begins the exports whose time has come, each once, in the name of whoever planned it. */
export async function exportByTheClock(core: Core): Promise<void> {
  for (const workspaceId of await everyWorkspace(core)) {
    try {
      const later: string[] = []
      while (await beginNext(core, workspaceId, later));
    } catch (error) {
      core.log.warn({ err: error, workspaceId }, 'planned exports could not all be begun')
    }
  }
}

type Due = ExportSchedule & { actor: Actor }

/** Returns whether there was one. Those that go better in a minute are told to `later`, and hold up nobody behind them. */
async function beginNext(core: Core, workspaceId: string, later: string[]): Promise<boolean> {
  const at = core.now()
  const due = sql`workspace_id = ${workspaceId} and enabled and next_at <= ${at}`
  const [schedule] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Due>(sql`
      select ${columns}, actor from export_schedules
      where ${due} and id != all(${later}::uuid[])
      order by next_at limit 1`),
  )
  if (!schedule) return false
  const work = await readWork(core, workspaceId, schedule)
  if (!work) {
    later.push(schedule.id)
    return true
  }
  const nextAt = comingTime(schedule.cron, at)
  await core.inWorkspace(workspaceId, async (tx) => {
    const over = nextAt ? await whyOver(tx, workspaceId, schedule, at) : 'Its time never comes again.'
    const [own] = await tx.query(sql`
      update export_schedules set next_at = coalesce(${nextAt ?? null}, next_at), tries = 0, enabled = ${over === undefined}
      where ${due} and id = ${schedule.id} and next_at = ${schedule.nextAt}
      returning 1 as taken`)
    if (!own) return
    if (over !== undefined) return stop(core, tx, workspaceId, schedule, over)
    const by: By = { actor: schedule.actor, source: 'system' }
    const { id } = await startJob(
      core,
      tx,
      workspaceId,
      { kind: 'export', input: { ...work.input, planned: true } },
      by,
    )
    if ('error' in work)
      await finishJob(tx, { workspaceId, id, kind: 'export' }, { status: 'failed', error: work.error }, by, at)
    else await scheduleRun(tx, workspaceId, id)
    await tx.query(sql`
      update export_schedules set last_job_id = ${id} where workspace_id = ${workspaceId} and id = ${schedule.id}`)
  })
  return true
}

/**
 * What is to be done; of what it names some may be gone since, and then the export is one that failed, with `error`. Undefined where it is
 * not known yet, for so many tries.
 */
async function readWork(core: Core, workspaceId: string, { id, export: planned, nextAt }: Due) {
  const failed = (error: { code: string; detail: string }) => {
    core.log.warn({ ...error, workspaceId, id }, 'a planned export cannot be made')
    return { input: { format: planned.format, which: { ids: [], parts: [] } }, error }
  }

  try {
    const { check: _, ...input } = await readExportInput(core, workspaceId, planned)
    return { input }
  } catch (error) {
    if (isRefusal(error)) return failed(saidOf(error))
    core.log.warn({ err: error, workspaceId, id }, 'a planned export is begun later')
    const [tried] = await core.inWorkspace(workspaceId, (tx) =>
      tx.query<{ tries: number }>(sql`
        update export_schedules set tries = tries + 1
        where workspace_id = ${workspaceId} and id = ${id} and next_at = ${nextAt} returning tries`),
    )
    if (!tried || tried.tries < mostTries) return undefined
    const detail = `Something went wrong on our side, ${mostTries} times. It is tried again when its time comes next.`
    return failed({ code: 'internal', detail })
  }
}

/** Undefined where it never comes, so that it holds up nobody behind it. */
function comingTime(cron: string, at: Date): Date | undefined {
  try {
    return nextTime(cron, at)
  } catch {
    return undefined
  }
}

/** Why nothing is exported by it any more; undefined where it goes on. */
async function whyOver(tx: Tx, workspaceId: string, { actor }: Due, at: Date): Promise<string | undefined> {
  if (actor.type === 'key') {
    const [key] = await tx.query(sql`
      select 1 as present from api_keys
      where workspace_id = ${workspaceId} and id = ${actor.id}::uuid and revoked_at is null and (expires_at is null or expires_at > ${at})`)
    return key ? undefined : 'The key that planned it was revoked, or has expired.'
  }
  if (actor.type !== 'user') return undefined
  const [member] = await tx.query<{ role: Role }>(sql`
    select m.role from memberships m join users u on u.id = m.user_id
    where m.workspace_id = ${workspaceId} and m.user_id = ${actor.id}::uuid and u.disabled_at is null`)
  if (!member) return 'Whoever planned it works here no more.'
  return scopesOf[member.role].includes('privacy:read') ? undefined : 'Whoever planned it may export no more.'
}

function stop(core: Core, tx: Tx, workspaceId: string, { id, cron, name }: Due, reason: string) {
  core.log.warn({ workspaceId, id, reason }, 'a planned export has been stopped')
  const by: By = { actor: { type: 'system', id: null, name: 'LeadNest' }, source: 'system' }
  const data = { id, cron, name, enabled: false, reason }
  return recordEvents(tx, workspaceId, [
    newEvent({ type: 'export_schedule.saved', leadId: null, ...by, data, at: core.now() }),
  ])
}
