import type { Core } from '../core.ts'
import { firstIdAt } from '../id.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Retention } from './retention.ts'

/** A form with the rules that hold for it, or are tried. */
export interface Ruled {
  id: string
  retention: Retention
}

/** Ids have no time before 1970, and nothing is older. */
export const daysBefore = (at: Date, days: number) => new Date(Math.max(0, at.getTime() - days * 86_400_000))

/** Submissions of a form that made no lead and are past their time, oldest first. */
export const unkept = (
  workspaceId: string,
  { id, retention }: Ruled,
  verdict: 'spam' | 'held',
  at: Date,
  limit: number,
): Sql | null => {
  const days = retention[`${verdict}Days`]
  return days === null
    ? null
    : sql`
  select id from submissions
  where workspace_id = ${workspaceId} and form_id = ${id} and verdict = ${verdict} and id < ${firstIdAt(daysBefore(at, days))}
    and lead_id is null and erased_at is null
  order by id limit ${limit}`
}

/** How many rows one statement looks at, whether they match or not. */
const width = 20_000

/**
 * What was accepted of a form and is past its time, stretch by stretch, each read in a transaction of its own. What was let through
 * is looked for by itself: it may have become accepted behind the place that another night came to.
 */
export async function* acceptedPast(core: Core, workspaceId: string, { id, retention }: Ruled, at: Date) {
  if (retention.submissionDays === null) return
  const until = firstIdAt(daysBefore(at, retention.submissionDays))
  let released: string[] = []
  do {
    const from = released.at(-1) ?? null
    released = await core.inWorkspace(workspaceId, (tx) => releasedIn(tx, workspaceId, id, from, until))
    yield released
  } while (released.length === width)
  let after: string | null = await core.inWorkspace(workspaceId, (tx) => firstUncleared(tx, workspaceId, id))
  while (after && after < until) {
    const stretch: { ids: string[]; next: string | null } = await core.inWorkspace(workspaceId, (tx) =>
      acceptedIn(tx, workspaceId, id, after!, until),
    )
    yield stretch.ids
    after = stretch.next
  }
}

/** All before this were seen in another night. */
async function firstUncleared(tx: Tx, workspaceId: string, formId: string): Promise<string> {
  const [form] = await tx.query<{ time: string }>(sql`
    select greatest(cleared_until, '2000-01-01'::timestamptz) as time from forms where workspace_id = ${workspaceId} and id = ${formId}`)
  return firstIdAt(new Date(form!.time))
}

async function releasedIn(tx: Tx, workspaceId: string, formId: string, after: string | null, until: string) {
  const rows = await tx.query<{ id: string }>(sql`
    select id from submissions
    where workspace_id = ${workspaceId} and form_id = ${formId} and id < ${until} ${after ? sql`and id > ${after}` : sql``}
      and released_at is not null and verdict = 'accepted' and erased_at is null
    order by id limit ${width}`)
  return rows.map(({ id }) => id)
}

async function acceptedIn(tx: Tx, workspaceId: string, formId: string, after: string, until: string) {
  const [edge] = await tx.query<{ id: string }>(sql`
    select id from submissions where workspace_id = ${workspaceId} and id > ${after} and id < ${until}
    order by id offset ${width - 1} limit 1`)
  const rows = await tx.query<{ id: string }>(sql`
    select id from submissions
    where workspace_id = ${workspaceId} and id > ${after} and id < ${until} ${edge ? sql`and id <= ${edge.id}` : sql``}
      and form_id = ${formId} and verdict = 'accepted' and released_at is null and erased_at is null
    order by id`)
  return { ids: rows.map(({ id }) => id), next: edge?.id ?? null }
}

/** A place in the list of leads by their last activity. */
interface Place {
  time: string
  id: string
}

/**
 * Leads that nothing has happened to for long enough, stretch by stretch: those that the rules of all forms that they sent let go. Who
 * is won, or has something coming, stays; so does who came in by another door than a form. Of one form, those that sent it.
 */
export async function* quietLeads(core: Core, workspaceId: string, forms: Ruled[], at: Date, only?: Ruled) {
  const days = (only ? [only] : forms).flatMap(({ retention: { leadDays } }) => leadDays ?? [])
  if (days.length === 0) return
  const until = daysBefore(at, Math.min(...days))
  let place: Place | null = null
  do {
    const from: Place | null = place
    const stretch: { ids: string[]; next: Place | null } = await core.inWorkspace(workspaceId, (tx) =>
      quietIn(tx, workspaceId, { forms, at, until, from, only }),
    )
    yield stretch.ids
    place = stretch.next
  } while (place)
}

/** How many leads one statement looks at. */
const few = 2000

interface Quiet {
  forms: Ruled[]
  at: Date
  until: Date
  from: Place | null
  only: Ruled | undefined
}

async function quietIn(tx: Tx, workspaceId: string, { forms, at, until, from, only }: Quiet) {
  const days = Object.fromEntries(forms.map(({ id, retention }) => [id, retention.leadDays]))
  const quiet = await tx.query<Place & { gone: boolean }>(sql`
    select l.last_activity_at as time, l.id,
      l.deleted_at is null and l.merged_into is null and (l.next_action_at is null or l.next_action_at < ${at})
        and not exists (select from stages s where s.workspace_id = ${workspaceId} and s.key = l.stage and s.kind = 'won')
        and exists (
          select from events e where e.workspace_id = ${workspaceId} and e.lead_id = l.id and e.type = 'lead.captured'
            ${only ? sql`and e.data ->> 'formId' = ${only.id}` : sql``}
        )
        and not exists (
          select from events e where e.workspace_id = ${workspaceId} and e.lead_id = l.id and (
            e.type = 'lead.created' or e.type = 'lead.captured' and not coalesce(
              l.last_activity_at < ${at}::timestamptz - make_interval(days => (${JSON.stringify(days)}::jsonb ->> (e.data ->> 'formId'))::integer), false
            )
          )
        ) as gone
    from leads l
    where l.workspace_id = ${workspaceId} and l.last_activity_at < ${until}
      ${from ? sql`and (l.last_activity_at, l.id) > (${from.time}::timestamptz, ${from.id}::uuid)` : sql``}
    order by l.last_activity_at, l.id limit ${few}`)
  const last = quiet.at(-1)
  return {
    ids: quiet.filter(({ gone }) => gone).map(({ id }) => id),
    next: quiet.length === few && last ? { time: last.time, id: last.id } : null,
  }
}
