import type { Core } from '../core.ts'
import { invalid, under } from '../errors.ts'
import type { By } from '../events/event.ts'
import { readExportInput } from '../exports/begin-export.ts'
import { recentFilterContext } from '../filters/context.ts'
import { checkReferences, referencesIn } from '../filters/references.ts'
import { Answered } from '../idempotency/answers.ts'
import type { Job } from '../jobs/job.ts'
import { startJob } from '../jobs/start-job.ts'
import { goByIndexes } from '../leads/count-leads.ts'
import type { Lead } from '../leads/lead.ts'
import { checkMember } from '../leads/place-lead.ts'
import { leadColumns } from '../leads/statements.ts'
import { findStage } from '../pipelines/pipelines.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { checkApart } from '../tags/tag-lead.ts'
import type { BulkAction, BulkInput, BulkPreview } from './bulk.ts'
import { mostMerged } from './merge-many.ts'
import { checkMany, checkTemplateOf } from './message-many.ts'
import { beginning, countMatching, edgeOf, findMatching, newestLead } from './walk.ts'
import { checkIds, conditionOf, readWhich } from './which-leads.ts'

/**
 * Starts a job that does something to many leads (status 202); with `dryRun` it only says how many they are (200).
 * Throws `invalid_input`, `unknown_reference`.
 */
export async function startBulk(
  core: Core,
  workspaceId: string,
  input: BulkInput,
  by: By,
): Promise<Answered<Job | BulkPreview>> {
  const { action, ids } = input
  const which = await readWhich(core, workspaceId, input)
  const context = await recentFilterContext(core, workspaceId)
  const condition = conditionOf(context, which)
  if (action.type === 'tag' && action.add.length + action.remove.length === 0)
    throw invalid('action.add', 'Name a tag to add or to remove.')
  if (action.type === 'message') await checkMany(core, workspaceId, action)
  if (action.type === 'tag') checkApart(action.add, action.remove, 'action.remove')
  const written =
    action.type === 'export'
      ? await under('action', () => readExportInput(core, workspaceId, { ...input, ...action }))
      : undefined
  const check = async (tx: Tx) => {
    if (ids) await checkIds(tx, workspaceId, ids)
    await checkReferences(tx, workspaceId, referencesIn(input.filter, context))
    if (written) await under('action', () => written.check(tx))
    await checkAction(tx, workspaceId, action)
  }
  const found = input.dryRun || action.type === 'merge' ? await find(core, workspaceId, condition, check) : undefined
  if (action.type === 'merge' && found!.matched > mostMerged)
    throw invalid('action.type', `These are ${found!.matched} leads. At most ${mostMerged} can be merged at once.`)
  if (input.dryRun) return new Answered(await preview(core, workspaceId, found!), 200)
  // Who is merged is settled now, because each merge changes whom a filter finds.
  const chosen = action.type === 'merge' ? { ids: found!.first, parts: [] } : which
  return core.inWorkspace(workspaceId, async (tx) => {
    await check(tx)
    if (written) {
      const { check: _, ...work } = written
      return new Answered(await startJob(core, tx, workspaceId, { kind: 'export', input: work }, by), 202)
    }
    const kind = `bulk_${action.type}`
    return new Answered(await startJob(core, tx, workspaceId, { kind, input: { which: chosen, action } }, by), 202)
  })
}

async function checkAction(tx: Tx, workspaceId: string, action: BulkAction): Promise<void> {
  if (action.type === 'assign' && action.ownerId)
    await checkMember(tx, workspaceId, action.ownerId, { path: 'action.ownerId' })
  if (action.type === 'message') await checkTemplateOf(tx, workspaceId, action)
  if (action.type !== 'move') return
  const { kind } = await findStage(tx, workspaceId, action.stage, { path: 'action.stage' })
  if (action.lostReason && kind !== 'lost') throw invalid('action.lostReason', 'A reason goes with a lost stage.')
}

interface Found {
  matched: number
  /** Ids of the first ones. */
  first: string[]
}

/** Counts stretch by stretch, each in a transaction of its own: however many leads there are, none takes long. */
async function find(core: Core, workspaceId: string, condition: Sql, check: (tx: Tx) => Promise<void>): Promise<Found> {
  const until = await core.inWorkspace(workspaceId, async (tx) => {
    await check(tx)
    return newestLead(tx, workspaceId)
  })
  const first: string[] = []
  let matched = 0
  for (let after = beginning; until && after < until; ) {
    after = await core.inWorkspace(workspaceId, async (tx) => {
      await goByIndexes(tx)
      const edge = await edgeOf(tx, workspaceId, { after, until })
      const stretch = { after, until: edge }
      const count = await countMatching(tx, workspaceId, condition, stretch)
      if (count > 0 && first.length < mostMerged)
        first.push(...(await findMatching(tx, workspaceId, condition, stretch, mostMerged - first.length)))
      matched += count
      return edge
    })
  }
  return { matched, first }
}

async function preview(core: Core, workspaceId: string, { matched, first }: Found): Promise<BulkPreview> {
  const sample = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Lead>(sql`
      select ${leadColumns} from leads where workspace_id = ${workspaceId} and id = any(${first.slice(0, 5)}::uuid[]) order by id`),
  )
  return { matched, sample }
}
