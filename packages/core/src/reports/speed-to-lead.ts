import type { Core } from '../core.ts'
import { invalid } from '../errors.ts'
import { firstIdAt } from '../id.ts'
import { checkLead } from '../leads/find-leads.ts'
import { localTime, startOfDay } from '../local-time.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { LeadSpeed, SpeedQuery, SpeedReport } from './speed.ts'

const most = 366
const day = 86_400_000

type Figures = Omit<SpeedReport, 'from' | 'to' | 'timeZone' | 'byOwner' | 'byForm' | 'byDay'>

/** One row for all, one for each owner, form and day that has submissions. `day` counts from 1. */
type Row = Figures & {
  of: 'all' | 'owner' | 'form' | 'day'
  ownerId: string | null
  formId: string | null
  formName: string | null
  day: number | null
}

/** How soon people act on what comes in. Throws `invalid_input` for a range that is reversed or longer than a year. */
export function reportSpeed(core: Core, workspaceId: string, query: SpeedQuery): Promise<SpeedReport> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const [place] = await tx.query<{ timeZone: string }>(
      sql`select time_zone from workspaces where id = ${workspaceId}`,
    )
    const { timeZone } = place!
    const days = daysOf(query, localTime(core.now(), timeZone).day)
    const starts = [...days, shift(days.at(-1)!, 1)].map((date) => startOfDay(date, timeZone))
    const rows = await readRows(tx, workspaceId, starts)
    const [all] = rows.filter(({ of }) => of === 'all')
    const byDay = new Map(rows.filter(({ of }) => of === 'day').map((row) => [row.day, row]))
    return {
      from: days[0]!,
      to: days.at(-1)!,
      timeZone,
      ...figuresOf(all),
      byOwner: rows.filter(({ of }) => of === 'owner').map((row) => ({ ownerId: row.ownerId, ...figuresOf(row) })),
      byForm: rows
        .filter(({ of }) => of === 'form')
        .map((row) => ({ formId: row.formId!, formName: row.formName!, ...figuresOf(row) })),
      byDay: days.map((date, index) => ({ day: date, ...figuresOf(byDay.get(index + 1)) })),
    }
  })
}

function daysOf({ from, to }: SpeedQuery, today: string): string[] {
  const last = to ?? (from !== undefined && from > today ? from : today)
  const first = from ?? shift(last, -29)
  if (first > last) throw invalid('to', 'The range ends before it begins.')
  const count = Math.round((Date.parse(last) - Date.parse(first)) / day) + 1
  if (count > most) throw invalid('from', `A range has at most ${most} days.`)
  return Array.from({ length: count }, (_, index) => shift(first, index))
}

const shift = (date: string, days: number) => new Date(Date.parse(date) + days * day).toISOString().slice(0, 10)

/**
 * The range goes by the ids, which say when they were made: so it is read from the primary key. Days are told apart by
 * where they begin, and not by names of time zones, which Postgres and JavaScript do not all share.
 */
function readRows(tx: Tx, workspaceId: string, starts: Date[]): Promise<Row[]> {
  return tx.query<Row>(sql`
    with sent as (
      select s.form_id, l.owner_id, width_bucket(s.created_at, ${starts}::timestamptz[]) as day,
        extract(epoch from s.responded_at - s.created_at)::double precision as seconds
      from submissions s
      left join leads l on l.workspace_id = s.workspace_id and l.id = s.lead_id
      where s.workspace_id = ${workspaceId} and s.id >= ${firstIdAt(starts[0]!)}::uuid and s.id < ${firstIdAt(starts.at(-1)!)}::uuid
        and s.verdict = 'accepted' and not s.test and s.erased_at is null
    ), counted as (
      select
        case grouping(owner_id, form_id, day) when 7 then 'all' when 3 then 'owner' when 5 then 'form' else 'day' end as of,
        owner_id, form_id, day, count(*)::integer as submissions, count(seconds)::integer as responded,
        (count(*) - count(seconds))::integer as waiting,
        percentile_cont(0.5) within group (order by seconds) as median_seconds,
        percentile_cont(0.9) within group (order by seconds) as p90_seconds,
        (count(*) filter (where seconds <= 300))::integer as within_five_minutes
      from sent group by grouping sets ((), (owner_id), (form_id), (day))
    )
    select c.*, f.name as form_name
    from counted c left join forms f on f.workspace_id = ${workspaceId} and f.id = c.form_id
    order by c.submissions desc, c.owner_id, c.form_id`)
}

function figuresOf(row: Figures | undefined): Figures {
  return {
    submissions: row?.submissions ?? 0,
    responded: row?.responded ?? 0,
    waiting: row?.waiting ?? 0,
    medianSeconds: row?.medianSeconds ?? null,
    p90Seconds: row?.p90Seconds ?? null,
    withinFiveMinutes: row?.withinFiveMinutes ?? 0,
  }
}

/** Of the newest 100 submissions of a lead, newest first. Throws `not_found`. */
export function listLeadSpeed(core: Core, workspaceId: string, leadId: string): Promise<LeadSpeed[]> {
  return core.inWorkspace(workspaceId, async (tx) => {
    await checkLead(tx, workspaceId, leadId)
    return tx.query<LeadSpeed>(sql`
      select id as submission_id, form_id, created_at, responded_at, responded_by,
        extract(epoch from responded_at - created_at)::double precision as seconds
      from submissions
      where workspace_id = ${workspaceId} and lead_id = ${leadId} and verdict = 'accepted' and not test
      order by id desc limit 100`)
  })
}
