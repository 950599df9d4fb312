import type { Core } from '../core.ts'
import { invalid, notFound } from '../errors.ts'
import { changesIn } from '../events/changes.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { filterContext } from '../filters/context.ts'
import { checkReferences, referencesIn } from '../filters/references.ts'
import { checkFilter } from '../filters/saved.ts'
import { isId, newId } from '../id.ts'
import { unknownReference } from '../pipelines/pipelines.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { scheduleRescore } from './rescore.ts'
import type { NewScoreRule, ScoreRule, ScoreRulePatch } from './rule.ts'

const columns = sql`id, name, points, enabled, filter, event, created_at, updated_at`
const most = 100
const aboutNoLead =
  /^(workspace|member|key|invite|user|segment|form|field|pipeline|job|assignment_rule|score_rule|submission)\.|^lead\.purged$/

/** Oldest first. */
export function listScoreRules(core: Core, workspaceId: string): Promise<ScoreRule[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<ScoreRule>(sql`select ${columns} from score_rules where workspace_id = ${workspaceId} order by id`),
  )
}

/** Adds a rule, and has all leads scored anew. Throws `invalid_input`, `unknown_reference`. */
export async function createScoreRule(
  core: Core,
  workspaceId: string,
  input: NewScoreRule,
  by: By,
): Promise<ScoreRule> {
  const at = core.now()
  return core.inWorkspace(workspaceId, async (tx) => {
    const moves = await check(tx, workspaceId, input, at)
    await tx.query(sql`select 1 as locked from workspaces where id = ${workspaceId} for no key update`)
    const rules = await tx.query(sql`select 1 as rule from score_rules where workspace_id = ${workspaceId}`)
    if (rules.length >= most) throw invalid('', `A workspace has at most ${most} score rules.`)
    const [rule] = await tx.query<ScoreRule>(sql`
        insert into score_rules (workspace_id, id, name, points, enabled, filter, event, moves, created_at, updated_at)
        values (
          ${workspaceId}, ${newId(at.getTime())}, ${input.name}, ${input.points}, ${input.enabled}, ${input.filter},
          ${eventText(input)}::jsonb, ${moves}, ${at}, ${at}
        )
        returning ${columns}`)
    await tell(tx, workspaceId, 'score_rule.saved', rule!, { changes: {} }, by, at)
    return rule!
  })
}

/** Changes what is named. What changes nothing writes nothing. Throws `not_found`, `invalid_input`, `unknown_reference`. */
export async function updateScoreRule(
  core: Core,
  workspaceId: string,
  id: string,
  patch: ScoreRulePatch,
  by: By,
): Promise<ScoreRule> {
  const at = core.now()
  return core.inWorkspace(workspaceId, async (tx) => {
    const before = await lockRule(tx, workspaceId, id)
    const after: ScoreRule = { ...before, ...patch, updatedAt: at.toISOString() }
    const changes = changesIn(before, after, ['name', 'points', 'enabled', 'filter', 'event'])
    if (Object.keys(changes).length === 0) return before
    const moves = await check(tx, workspaceId, after, at, before.filter)
    await tx.query(sql`
      update score_rules set
        name = ${after.name}, points = ${after.points}, enabled = ${after.enabled}, filter = ${after.filter},
        event = ${eventText(after)}::jsonb, moves = ${moves}, updated_at = ${at}
      where workspace_id = ${workspaceId} and id = ${before.id}`)
    await tell(tx, workspaceId, 'score_rule.saved', after, { changes }, by, at)
    return after
  })
}

/** Throws `not_found`. */
export async function deleteScoreRule(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    const rule = await lockRule(tx, workspaceId, id)
    await tx.query(sql`delete from score_rules where workspace_id = ${workspaceId} and id = ${rule.id}`)
    await tell(tx, workspaceId, 'score_rule.deleted', rule, {}, by, core.now())
  })
}

async function lockRule(tx: Tx, workspaceId: string, id: string): Promise<ScoreRule> {
  const [rule] = isId(id)
    ? await tx.query<ScoreRule>(
        sql`select ${columns} from score_rules where workspace_id = ${workspaceId} and id = ${id} for update`,
      )
    : []
  if (!rule) throw notFound('score rule')
  return rule
}

/** Returns whether its leads change with the clock, without an event. What a filter `before` named may be gone by now. */
async function check(
  tx: Tx,
  workspaceId: string,
  { filter, event }: Pick<ScoreRule, 'filter' | 'event'>,
  at: Date,
  before: string | null = null,
) {
  if ((filter === null) === (event === null))
    throw invalid(filter === null ? 'filter' : 'event', 'Send a filter or an event; null takes the other away.')
  if (event && aboutNoLead.test(event.type))
    throw invalid('event.type', 'This happens to no lead. Choose another event.')
  if (event?.name !== undefined && event.type !== 'lead.tracked')
    throw invalid('event.name', 'Only lead.tracked has a name.')
  if (event?.formSlug !== undefined) {
    if (event.type !== 'lead.captured') throw invalid('event.formSlug', 'Only lead.captured comes from a form.')
    const [form] = await tx.query(
      sql`select 1 as present from forms where workspace_id = ${workspaceId} and slug = ${event.formSlug}`,
    )
    if (!form) throw unknownReference('event.formSlug', 'There is no such form.')
  }
  const context = await filterContext(tx, workspaceId, at)
  const tests = filter === null ? [] : checkFilter(filter, context)
  if (filter !== null && filter !== before) await checkReferences(tx, workspaceId, referencesIn(filter, context))
  if (tests.some(({ field }) => field === 'score')) throw invalid('filter', 'A score cannot follow from a score.')
  return tests.some(
    ({ field, values, since = '' }) =>
      field === 'rotten' || [...values, since].some((value) => /^[+-]\d+[a-z]$/.test(value)),
  )
}

const eventText = ({ event }: Pick<ScoreRule, 'event'>) => event && JSON.stringify(event)

async function tell(
  tx: Tx,
  workspaceId: string,
  type: 'score_rule.saved' | 'score_rule.deleted',
  { id, name }: ScoreRule,
  data: object,
  { actor, source }: By,
  at: Date,
): Promise<void> {
  await scheduleRescore(tx, workspaceId)
  await recordEvents(tx, workspaceId, [
    newEvent({ type, leadId: null, actor, source, data: { ruleId: id, name, ...data }, at }),
  ])
}
