import { isDeepStrictEqual } from 'node:util'
import type { Core } from '../core.ts'
import { notFound } from '../errors.ts'
import { bySystem } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { filterContext } from '../filters/context.ts'
import { savedFilter } from '../filters/saved.ts'
import { checkLead } from '../leads/find-leads.ts'
import { inBatches } from '../leads/in-batches.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type CountedRule, countPoints, difference, type Shown, scoreOf } from './count-points.ts'
import type { LeadScore, ScorePart } from './rule.ts'

type Scored = Shown & { id: string; gone: boolean; score: number; scoreParts: ScorePart[] }

/** The score as it was last counted, with its parts. Throws `not_found`. */
export async function getLeadScore(core: Core, workspaceId: string, leadId: string): Promise<LeadScore> {
  const [score] = await core.inWorkspace(workspaceId, async (tx) => {
    await checkLead(tx, workspaceId, leadId)
    return tx.query<LeadScore>(
      sql`select score, score_parts as parts from leads where workspace_id = ${workspaceId} and id = ${leadId}`,
    )
  })
  if (!score) throw notFound('lead')
  return score
}

/** Counts the points of these leads; where the sum is another, an event says why. */
export function scoreLeads(core: Core, workspaceId: string, leadIds: string[]): Promise<void> {
  return inBatches(core, workspaceId, leadIds, (tx, batch, lock) => scoreBatch(core, tx, workspaceId, batch, lock))
}

async function scoreBatch(core: Core, tx: Tx, workspaceId: string, leadIds: string[], lock: Sql): Promise<Scored[]> {
  const at = core.now()
  const rules = await tx.query<CountedRule>(sql`
    select r.id, r.name, r.points, r.filter, r.event,
      (select f.id from forms f where f.workspace_id = r.workspace_id and f.slug = r.event ->> 'formSlug') as form_id
    from score_rules r where r.workspace_id = ${workspaceId} and r.enabled order by r.id
    for share of r`)
  const found = await readLeads(core, tx, workspaceId, rules, leadIds, at, lock)
  const counted = found
    .filter(({ gone }) => !gone)
    .map((lead) => ({ before: lead, parts: countPoints(rules, lead) }))
    .filter(({ before, parts }) => !isDeepStrictEqual(parts, before.scoreParts))
    .map(({ before, parts }) => ({ before, parts, score: scoreOf(parts) }))
  if (counted.length === 0) return found
  const ids = counted.map(({ before }) => before.id)
  await tx.query(sql`
    update leads set score = v.score, score_parts = v.parts
    from unnest(
      ${ids}::uuid[], ${counted.map(({ score }) => score)}::integer[], ${counted.map(({ parts }) => JSON.stringify(parts))}::jsonb[]
    ) as v (id, score, parts)
    where leads.workspace_id = ${workspaceId} and leads.id = v.id and leads.id = any(${ids})`)
  const events = counted
    .filter(({ before, score }) => score !== before.score)
    .map(({ before, parts, score }) =>
      newEvent({
        type: 'lead.scored',
        leadId: before.id,
        ...bySystem,
        data: { from: before.score, to: score, parts, changed: difference(before.scoreParts, parts) },
        at,
      }),
    )
  await recordEvents(tx, workspaceId, events)
  return found
}

/** All rules at once, in one statement. */
async function readLeads(
  core: Core,
  tx: Tx,
  workspaceId: string,
  rules: CountedRule[],
  ids: string[],
  at: Date,
  lock: Sql,
): Promise<Scored[]> {
  const context = await filterContext(tx, workspaceId, at)
  const matches = rules.map(({ filter }) =>
    filter === null ? sql`false` : sql`(${savedFilter(core, filter, context)}) is true`,
  )
  const matched = matches.length > 0 ? matches.reduce((all, match) => sql`${all}, ${match}`) : sql``
  const types = [...new Set(rules.flatMap(({ event }) => event?.type ?? []))]
  return tx.query<Scored>(sql`
    select leads.id, leads.deleted_at is not null or leads.merged_into is not null as gone, leads.score, leads.score_parts,
      array[${matched}]::boolean[] as matched, coalesce((
        select jsonb_object_agg(h.what, h.times) from (
          select e.type || ' ' || coalesce(e.data ->> case when e.type = 'lead.tracked' then 'name' else 'formId' end, '') as what, count(*) as times from events e
          where e.workspace_id = ${workspaceId} and e.lead_id = leads.id and e.type = any(${types})
          group by 1
        ) h
      ), '{}') as happened
    from leads where leads.workspace_id = ${workspaceId} and leads.id = any(${ids})
    order by leads.id ${lock}`)
}
