import type { Core } from '../core.ts'
import { invalid, LeadNestError, notFound } from '../errors.ts'
import { type Changes, changesIn } from '../events/changes.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { recentFilterContext } from '../filters/context.ts'
import { checkReferences, referencesIn } from '../filters/references.ts'
import { checkFilter } from '../filters/saved.ts'
import { newId } from '../id.ts'
import { countLeads, goByIndexes } from '../leads/count-leads.ts'
import { allThat } from '../leads/select-leads.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint, type Tx } from '../postgres/transaction.ts'
import { findSegment, segmentColumns } from './read-segment.ts'
import type { Segment, SegmentInput, SegmentPatch } from './segment.ts'

const names = ['name', 'filter', 'q'] as const
/** However many there are, each can be counted. */
const maxSegments = 200

/** By their names; with `count` each says how many leads it has. */
export async function listSegments(
  core: Core,
  workspaceId: string,
  { count = false }: { count?: boolean | undefined } = {},
): Promise<Segment[]> {
  const segments = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Segment>(
      sql`select ${segmentColumns} from segments where workspace_id = ${workspaceId} order by lower(name), id`,
    ),
  )
  const counted: Segment[] = []
  for (const segment of segments) counted.push(count ? await withCount(core, workspaceId, segment) : segment)
  return counted
}

/** Throws `not_found`. */
export async function getSegment(
  core: Core,
  workspaceId: string,
  id: string,
  { count = false }: { count?: boolean | undefined } = {},
): Promise<Segment> {
  const segment = await core.inWorkspace(workspaceId, (tx) => findSegment(tx, workspaceId, id))
  if (!segment) throw notFound('segment')
  return count ? withCount(core, workspaceId, segment) : segment
}

async function withCount(core: Core, workspaceId: string, segment: Segment): Promise<Segment> {
  const condition = allThat(await recentFilterContext(core, workspaceId), [
    { filter: segment.filter, q: segment.q, kept: true },
  ])
  const count = await core.inWorkspace(workspaceId, async (tx) => {
    await goByIndexes(tx)
    return countLeads(tx, workspaceId, condition)
  })
  return { ...segment, count }
}

/** Throws `invalid_input` and `unknown_reference` with the position in the filter, `name_taken` for a name in use, whatever its case. */
export async function createSegment(
  core: Core,
  workspaceId: string,
  { name, filter, q }: SegmentInput,
  by: By,
): Promise<Segment> {
  const at = core.now()
  const context = await recentFilterContext(core, workspaceId)
  checkFilter(filter, context)
  return named(() =>
    core.inWorkspace(workspaceId, async (tx) => {
      await checkReferences(tx, workspaceId, referencesIn(filter, context))
      const [segment] = await tx.query<Segment>(sql`
        insert into segments (workspace_id, id, name, filter, q, created_at, updated_at)
        select ${workspaceId}, ${newId(at.getTime())}, ${name}, ${filter}, ${q}, ${at}, ${at}
        from segments where workspace_id = ${workspaceId}
        having count(*) < ${maxSegments}
        returning ${segmentColumns}`)
      if (!segment) throw invalid('', `A workspace has at most ${maxSegments} segments.`)
      await tell(tx, workspaceId, 'segment.saved', segment, {}, by, at)
      return segment
    }),
  )
}

/** Changes what is named; what changes nothing writes nothing. Throws `not_found`, `invalid_input`, `name_taken`. */
export async function updateSegment(
  core: Core,
  workspaceId: string,
  id: string,
  patch: SegmentPatch,
  by: By,
): Promise<Segment> {
  const at = core.now()
  const context = await recentFilterContext(core, workspaceId)
  if (patch.filter !== undefined) checkFilter(patch.filter, context)
  return named(() =>
    core.inWorkspace(workspaceId, async (tx) => {
      const before = await findSegment(tx, workspaceId, id, sql`for update`)
      if (!before) throw notFound('segment')
      if (patch.filter !== before.filter) await checkReferences(tx, workspaceId, referencesIn(patch.filter, context))
      const after = { ...before, ...patch, updatedAt: at.toISOString() }
      const changes = changesIn(before, after, names)
      if (Object.keys(changes).length === 0) return before
      await tx.query(sql`
        update segments set name = ${after.name}, filter = ${after.filter}, q = ${after.q}, updated_at = ${at}
        where workspace_id = ${workspaceId} and id = ${before.id}`)
      await tell(tx, workspaceId, 'segment.saved', after, changes, by, at)
      return after
    }),
  )
}

/** Throws `not_found`. */
export async function deleteSegment(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    const segment = await findSegment(tx, workspaceId, id, sql`for update`)
    if (!segment) throw notFound('segment')
    await tx.query(sql`delete from segments where workspace_id = ${workspaceId} and id = ${segment.id}`)
    await tell(tx, workspaceId, 'segment.deleted', segment, {}, by, core.now())
  })
}

async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (brokenConstraint(error) !== 'segments_name') throw error
    throw new LeadNestError('name_taken', 'There is a segment of this name already. Choose another name.', {
      issues: [{ path: 'name', message: 'This name is taken.' }],
    })
  }
}

function tell(
  tx: Tx,
  workspaceId: string,
  type: 'segment.saved' | 'segment.deleted',
  { id, name }: Segment,
  changes: Changes,
  { actor, source }: By,
  at: Date,
) {
  const data = { segmentId: id, name, ...(type === 'segment.saved' && { changes }) }
  return recordEvents(tx, workspaceId, [newEvent({ type, leadId: null, actor, source, data, at })])
}
