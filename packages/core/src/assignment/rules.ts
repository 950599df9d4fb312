import type { Core } from '../core.ts'
import { invalid, LeadNestError, notFound } from '../errors.ts'
import { type Changes, changesIn } from '../events/changes.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { recentFilterContext } from '../filters/context.ts'
import { checkReferences, referencesIn } from '../filters/references.ts'
import { checkFilter } from '../filters/saved.ts'
import { newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { AssignmentRule, AssignmentRulePatch, NewAssignmentRule } from './rule.ts'
import { readAgain } from './waiting.ts'

const columns = sql`id, name, enabled, position, filter, strategy, member_ids, created_at, updated_at`
const most = 100

/** In the order in which they are tried. */
export function listAssignmentRules(core: Core, workspaceId: string): Promise<AssignmentRule[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<AssignmentRule>(
      sql`select ${columns} from assignment_rules where workspace_id = ${workspaceId} order by position, id`,
    ),
  )
}

/** Adds a rule at the end. Throws `invalid_input`, `unknown_reference`. */
export async function createAssignmentRule(
  core: Core,
  workspaceId: string,
  input: NewAssignmentRule,
  by: By,
): Promise<AssignmentRule> {
  const at = core.now()
  const context = await recentFilterContext(core, workspaceId)
  checkFilter(input.filter, context)
  return core.inWorkspace(workspaceId, async (tx) => {
    await checkReferences(tx, workspaceId, referencesIn(input.filter, context))
    const { length } = await lockRules(tx, workspaceId)
    if (length >= most) throw invalid('', `A workspace has at most ${most} assignment rules.`)
    await checkMembers(tx, workspaceId, input.memberIds)
    const [rule] = await tx.query<AssignmentRule>(sql`
        insert into assignment_rules (workspace_id, id, name, position, enabled, filter, strategy, member_ids, created_at, updated_at)
        values (
          ${workspaceId}, ${newId(at.getTime())}, ${input.name}, ${length + 1}, ${input.enabled}, ${input.filter}, ${input.strategy},
          ${input.memberIds}::uuid[], ${at}, ${at}
        )
        returning ${columns}`)
    await tellSaved(tx, workspaceId, rule!, {}, by, at)
    return rule!
  })
}

/** Changes what is named. What changes nothing writes nothing. Throws `not_found`, `invalid_input`, `unknown_reference`. */
export async function updateAssignmentRule(
  core: Core,
  workspaceId: string,
  id: string,
  { position, ...patch }: AssignmentRulePatch,
  by: By,
): Promise<AssignmentRule> {
  const at = core.now()
  const context = await recentFilterContext(core, workspaceId)
  if (patch.filter !== undefined) checkFilter(patch.filter, context)
  return core.inWorkspace(workspaceId, async (tx) => {
    const rules = await lockRules(tx, workspaceId)
    const before = ruleOf(rules, id)
    if (patch.filter !== before.filter) await checkReferences(tx, workspaceId, referencesIn(patch.filter, context))
    if (patch.memberIds) await checkMembers(tx, workspaceId, patch.memberIds, before.memberIds)
    const after: AssignmentRule = {
      ...before,
      ...patch,
      position: Math.min(position ?? before.position, rules.length),
      updatedAt: at.toISOString(),
    }
    const names = ['name', 'enabled', 'position', 'filter', 'strategy', 'memberIds'] as const
    const changes = changesIn(before, after, names)
    if (Object.keys(changes).length === 0) return before
    await tx.query(sql`
      update assignment_rules set
        name = ${after.name}, enabled = ${after.enabled}, filter = ${after.filter}, strategy = ${after.strategy},
        member_ids = ${after.memberIds}::uuid[], updated_at = ${at}
      where workspace_id = ${workspaceId} and id = ${before.id}`)
    if (changes.position) {
      const order = rules.map((rule) => rule.id).filter((other) => other !== before.id)
      order.splice(after.position - 1, 0, before.id)
      await writeOrder(tx, workspaceId, order)
    }
    await tellSaved(tx, workspaceId, after, changes, by, at)
    return after
  })
}

/** Throws `not_found`. */
export async function deleteAssignmentRule(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    const rules = await lockRules(tx, workspaceId)
    const rule = ruleOf(rules, id)
    await tx.query(sql`delete from assignment_rules where workspace_id = ${workspaceId} and id = ${rule.id}`)
    await writeOrder(
      tx,
      workspaceId,
      rules.filter((other) => other !== rule).map((other) => other.id),
    )
    await readAgain(tx, workspaceId)
    const data = { ruleId: rule.id, name: rule.name }
    await recordEvents(tx, workspaceId, [
      newEvent({
        type: 'assignment_rule.deleted',
        leadId: null,
        actor: by.actor,
        source: by.source,
        data,
        at: core.now(),
      }),
    ])
  })
}

/** Also against other changes of the order, and against a lead that is being assigned; in that order. */
async function lockRules(tx: Tx, workspaceId: string): Promise<AssignmentRule[]> {
  // Without rules there is nothing to lock but the workspace.
  await tx.query(sql`select 1 as locked from workspaces where id = ${workspaceId} for no key update`)
  const rules = await tx.query<AssignmentRule>(
    sql`select ${columns} from assignment_rules where workspace_id = ${workspaceId} order by id for update`,
  )
  return rules.sort((one, other) => one.position - other.position)
}

function ruleOf(rules: AssignmentRule[], id: string): AssignmentRule {
  const rule = rules.find((rule) => rule.id === id.toLowerCase())
  if (!rule) throw notFound('assignment rule')
  return rule
}

/** Those whom the rule `has` may have left since. */
async function checkMembers(tx: Tx, workspaceId: string, memberIds: string[], has: string[] = []): Promise<void> {
  const known = await tx.query<{ userId: string }>(
    sql`select user_id from memberships where workspace_id = ${workspaceId} and user_id = any(${memberIds})`,
  )
  const issues = memberIds.flatMap((id, at) =>
    has.includes(id) || known.some(({ userId }) => userId === id)
      ? []
      : [{ path: `memberIds.${at}`, message: 'There is no such member.' }],
  )
  if (issues.length > 0)
    throw new LeadNestError('unknown_reference', 'This refers to something that is not there.', { issues })
}

async function writeOrder(tx: Tx, workspaceId: string, ids: string[]): Promise<void> {
  await tx.query(sql`
    update assignment_rules r set position = o.position
    from unnest(${ids}::uuid[]) with ordinality as o (id, position)
    where r.workspace_id = ${workspaceId} and r.id = o.id and r.position <> o.position`)
}

async function tellSaved(
  tx: Tx,
  workspaceId: string,
  { id, name }: AssignmentRule,
  changes: Changes,
  by: By,
  at: Date,
) {
  await readAgain(tx, workspaceId)
  const data = { ruleId: id, name, changes }
  await recordEvents(tx, workspaceId, [
    newEvent({ type: 'assignment_rule.saved', leadId: null, actor: by.actor, source: by.source, data, at }),
  ])
}
