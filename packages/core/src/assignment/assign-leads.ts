import { isDeepStrictEqual } from 'node:util'
import type { Core } from '../core.ts'
import { bySystem } from '../events/event.ts'
import { type NewEvent, newEvent, recordEvents } from '../events/record.ts'
import { filterContext } from '../filters/context.ts'
import { savedFilter } from '../filters/saved.ts'
import { inBatches } from '../leads/in-batches.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type Candidate, chooseMember, type Place, type Reason, whyNot } from './choose-member.ts'
import type { AssignmentRule } from './rule.ts'
import { keepWaiting, lookLater, lookNow } from './waiting.ts'

/** How many who wait one run looks at. */
const most = 1000

type Rule = AssignmentRule & { lastMemberId: string | null }

interface Found {
  id: string
  /** Whether it is there, and nobody's. */
  free: boolean
  /** The first rule that it matches, counted from 0. */
  rule: number | null
}

/** Gives those of these leads that nobody owns to whom the first matching rule says; where nobody is there, they wait. */
export function assignLeads(core: Core, workspaceId: string, leadIds: string[]): Promise<void> {
  return inBatches(core, workspaceId, leadIds, (tx, batch, lock) => assignBatch(core, tx, workspaceId, batch, lock))
}

async function assignBatch(core: Core, tx: Tx, workspaceId: string, leadIds: string[], lock: Sql): Promise<Found[]> {
  const at = core.now()
  // Held to the end: whose turn it is, and who is least busy, are one's to say at a time.
  const rules = await readRules(tx, workspaceId, sql`for update`)
  const found = await matchRules(core, tx, workspaceId, rules, leadIds, at, lock)
  const matched = found.filter((lead) => lead.free && lead.rule !== null)
  const waiting: { leadId: string; ruleId: string; told: ReturnType<typeof passedOver> }[] = []
  const owners = new Map<string, string>()
  const events: NewEvent[] = []
  if (matched.length > 0) {
    const { reasons, openLeads } = await readPeople(tx, workspaceId, rules, at)
    for (const lead of matched) {
      const rule = rules[lead.rule!]!
      const chosen = chooseMember(rule, (id) => reasons.get(id) === null, openLeads)
      if (!chosen) {
        waiting.push({ leadId: lead.id, ruleId: rule.id, told: passedOver(rule, reasons) })
        continue
      }
      events.push(assignment(lead.id, rule, chosen, reasons, openLeads, at))
      owners.set(lead.id, chosen)
      rule.lastMemberId = chosen
      openLeads.set(chosen, (openLeads.get(chosen) ?? 0) + 1)
    }
  }
  events.push(...(await newWaits(tx, workspaceId, waiting, at)))
  const settled = found.map(({ id }) => id).filter((id) => !waiting.some(({ leadId }) => leadId === id))
  await Promise.all([
    owners.size > 0 && writeOwners(tx, workspaceId, owners, rules, at),
    tx.query(sql`delete from waiting_leads where workspace_id = ${workspaceId} and lead_id = any(${settled})`),
    waiting.length > 0 && keepWaiting(tx, workspaceId, waiting, at),
    recordEvents(tx, workspaceId, events),
  ])
  return found
}

/** Those that are on, in their order. */
async function readRules(tx: Tx, workspaceId: string, lock = sql``): Promise<Rule[]> {
  const rules = await tx.query<Rule>(sql`
    select id, name, position, filter, strategy, member_ids, last_member_id from assignment_rules
    where workspace_id = ${workspaceId} and enabled order by id ${lock}`)
  return rules.sort((one, other) => one.position - other.position)
}

async function matchRules(
  core: Core,
  tx: Tx,
  workspaceId: string,
  rules: Rule[],
  ids: string[],
  at: Date,
  lock: Sql,
): Promise<Found[]> {
  const context = await filterContext(tx, workspaceId, at)
  const branches = rules.map(
    ({ filter }, index) => sql`when ${savedFilter(core, filter, context)} then ${index}::integer`,
  )
  const rule =
    branches.length > 0 ? sql`case ${branches.reduce((all, branch) => sql`${all} ${branch}`)} end` : sql`null`
  return tx.query<Found>(sql`
    select leads.id, leads.owner_id is null and leads.deleted_at is null and leads.merged_into is null as free, ${rule} as rule
    from leads where leads.workspace_id = ${workspaceId} and leads.id = any(${ids})
    order by leads.id ${lock}`)
}

/**
 * Of everybody whom a rule names: why they are passed over, and how many open leads they have. These are counted by one
 * look-up for each owner and stage, so that the closed ones, however many, are never read.
 */
async function readPeople(tx: Tx, workspaceId: string, rules: Rule[], at: Date) {
  const ids = [...new Set(rules.flatMap(({ memberIds }) => memberIds))]
  const counted = [...new Set(rules.flatMap(({ strategy, memberIds }) => (strategy === 'least_busy' ? memberIds : [])))]
  const [members, [place], counts] = await Promise.all([
    tx.query<Candidate>(sql`
      select u.id, m.absent_from, m.absent_until, m.working_hours, u.disabled_at is not null as disabled
      from memberships m join users u on u.id = m.user_id
      where m.workspace_id = ${workspaceId} and m.user_id = any(${ids})`),
    tx.query<Place>(sql`select time_zone, opening_hours from workspaces where id = ${workspaceId}`),
    counted.length === 0
      ? []
      : tx.query<{ ownerId: string; count: number }>(sql`
          select o.id as owner_id, sum(l.count)::integer as count
          from unnest(${counted}::uuid[]) as o (id)
          join stages s on s.workspace_id = ${workspaceId} and s.kind = 'open'
          cross join lateral (
            select count(*) as count from leads
            where workspace_id = ${workspaceId} and owner_id = o.id and stage = s.key and deleted_at is null and merged_into is null
          ) l
          group by o.id`),
  ])
  const byId = new Map(members.map((member) => [member.id, member]))
  return {
    reasons: new Map(ids.map((id) => [id, whyNot(byId.get(id), place!, at)])),
    openLeads: new Map(counts.map(({ ownerId, count }) => [ownerId, count])),
  }
}

/** Which rule decides, and who of it is not there, and why. */
function passedOver({ id, name, strategy, memberIds }: Rule, reasons: ReadonlyMap<string, Reason | null>) {
  const skipped = memberIds.flatMap((memberId) => {
    const reason = reasons.get(memberId)
    return reason ? [{ memberId, reason }] : []
  })
  return { ruleId: id, ruleName: name, strategy, skipped }
}

/** Says why it is who it is. */
function assignment(
  leadId: string,
  rule: Rule,
  ownerId: string,
  reasons: ReadonlyMap<string, Reason | null>,
  openLeads: ReadonlyMap<string, number>,
  at: Date,
): NewEvent {
  const counts = Object.fromEntries(rule.memberIds.map((memberId) => [memberId, openLeads.get(memberId) ?? 0]))
  const data = {
    ownerId,
    ...passedOver(rule, reasons),
    ...(rule.strategy === 'least_busy' && { openLeads: counts }),
  }
  return newEvent({ type: 'lead.assigned', leadId, ...bySystem, data, at })
}

/** Says that they wait, and why: once, and again only when it is for another reason. */
async function newWaits(
  tx: Tx,
  workspaceId: string,
  waiting: { leadId: string; told: object }[],
  at: Date,
): Promise<NewEvent[]> {
  if (waiting.length === 0) return []
  const ids = waiting.map(({ leadId }) => leadId)
  const rows = await tx.query<{ leadId: string; told: object | null }>(
    sql`select lead_id, told from waiting_leads where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[])`,
  )
  const before = new Map(rows.map(({ leadId, told }) => [leadId, told]))
  return waiting
    .filter(({ leadId, told }) => !isDeepStrictEqual(before.get(leadId), told))
    .map(({ leadId, told }) => newEvent({ type: 'lead.waiting', leadId, ...bySystem, data: told, at }))
}

async function writeOwners(tx: Tx, workspaceId: string, owners: Map<string, string>, rules: Rule[], at: Date) {
  await tx.query(sql`
    update leads set owner_id = v.owner_id, updated_at = ${at}
    from unnest(${[...owners.keys()]}::uuid[], ${[...owners.values()]}::uuid[]) as v (id, owner_id)
    where leads.workspace_id = ${workspaceId} and leads.id = v.id and leads.id = any(${[...owners.keys()]})`)
  await tx.query(sql`
    update assignment_rules r set last_member_id = v.member_id
    from unnest(${rules.map(({ id }) => id)}::uuid[], ${rules.map(({ lastMemberId }) => lastMemberId)}::uuid[]) as v (id, member_id)
    where r.workspace_id = ${workspaceId} and r.id = v.id and r.last_member_id is distinct from v.member_id`)
}

/** Assigns those who wait, where somebody is there for their rule now, and plans the next look while any are left. */
export async function assignWaiting(core: Core, { workspaceId }: { workspaceId: string }): Promise<void> {
  const ready = await core.inWorkspace(workspaceId, async (tx) => {
    await tx.query(sql`
      delete from waiting_leads w where w.workspace_id = ${workspaceId} and not exists (
        select from leads l where l.workspace_id = w.workspace_id and l.id = w.lead_id
          and l.owner_id is null and l.deleted_at is null and l.merged_into is null
      )`)
    const rules = await readRules(tx, workspaceId)
    const { reasons } = await readPeople(tx, workspaceId, rules, core.now())
    const staffed = rules.filter(({ memberIds }) => memberIds.some((id) => reasons.get(id) === null))
    return tx.query<{ leadId: string }>(sql`
      select lead_id from waiting_leads
      where workspace_id = ${workspaceId} and (rule_id is null or rule_id = any(${staffed.map(({ id }) => id)}))
      order by lead_id limit ${most}`)
  })
  await assignLeads(
    core,
    workspaceId,
    ready.map(({ leadId }) => leadId),
  )
  await core.inWorkspace(workspaceId, async (tx) => {
    const [left] = await tx.query(
      sql`select 1 as present from waiting_leads where workspace_id = ${workspaceId} limit 1`,
    )
    if (left) await (ready.length === most ? lookNow : lookLater)(tx, workspaceId)
  })
}
