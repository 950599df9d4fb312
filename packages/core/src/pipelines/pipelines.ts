import { isDeepStrictEqual } from 'node:util'
import type { Core } from '../core.ts'
import { invalid, LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId, newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Pipeline, PipelineInput, Stage } from './pipeline.ts'

/** In their order, each with its stages. */
export function listPipelines(core: Core, workspaceId: string): Promise<Pipeline[]> {
  return core.inWorkspace(workspaceId, (tx) => read(tx, workspaceId))
}

async function read(tx: Tx, workspaceId: string, id: string | null = null): Promise<Pipeline[]> {
  return tx.query<Pipeline>(sql`
    select p.id, p.name, p.created_at, (
      select coalesce(jsonb_agg(jsonb_build_object('key', s.key, 'name', s.name, 'kind', s.kind, 'rottenAfterDays', s.rotten_after_days) order by s.position), '[]')
      from stages s where s.workspace_id = p.workspace_id and s.pipeline_id = p.id
    ) as stages
    from pipelines p
    where p.workspace_id = ${workspaceId} and (${id}::uuid is null or p.id = ${id}::uuid)
    order by p.position, p.id`)
}

/** Adds a pipeline at the end. Throws `invalid_input` where another pipeline has a stage of that key. */
export async function createPipeline(core: Core, workspaceId: string, input: PipelineInput, by: By): Promise<Pipeline> {
  const id = newId()
  return save(core, workspaceId, id, input, by, async (tx) => {
    await tx.query(sql`
      insert into pipelines (workspace_id, id, name, position)
      select ${workspaceId}, ${id}, ${input.name}, coalesce(max(position), 0) + 1 from pipelines where workspace_id = ${workspaceId}`)
  })
}

/**
 * Replaces a pipeline: stages that are named stay with their leads, others go. Throws `not_found`, and `stage_in_use`
 * where leads are in a stage that would go.
 */
export async function replacePipeline(
  core: Core,
  workspaceId: string,
  id: string,
  input: PipelineInput,
  by: By,
): Promise<Pipeline> {
  if (!isId(id)) throw notFound('pipeline')
  return save(core, workspaceId, id, input, by, async (tx) => {
    const changed = await tx.query(sql`
      update pipelines set name = ${input.name} where workspace_id = ${workspaceId} and id = ${id} returning id`)
    if (changed.length === 0) throw notFound('pipeline')
  })
}

/** Throws `not_found`, `stage_in_use`; the last pipeline stays. */
export async function deletePipeline(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  if (!isId(id)) throw notFound('pipeline')
  await core.inWorkspace(workspaceId, async (tx) => {
    await lockPipelines(tx, workspaceId)
    const all = await tx.query<{ id: string }>(
      sql`select id from pipelines where workspace_id = ${workspaceId} for update`,
    )
    if (!all.some((pipeline) => pipeline.id === id)) throw notFound('pipeline')
    if (all.length === 1) throw new LeadNestError('stage_in_use', 'A workspace keeps at least one pipeline.')
    await dropStages(tx, workspaceId, id, [])
    await tx.query(sql`delete from pipelines where workspace_id = ${workspaceId} and id = ${id}`)
    await recordEvents(tx, workspaceId, [
      newEvent({ type: 'pipeline.deleted', leadId: null, ...by, data: { pipelineId: id }, at: core.now() }),
    ])
  })
  core.recent.forget()
}

async function save(
  core: Core,
  workspaceId: string,
  id: string,
  { name, stages }: PipelineInput,
  by: By,
  prepare: (tx: Tx) => Promise<void>,
): Promise<Pipeline> {
  const saved = await core.inWorkspace(workspaceId, async (tx) => {
    await lockPipelines(tx, workspaceId)
    const [before] = await read(tx, workspaceId, id)
    await prepare(tx)
    await writeStages(tx, workspaceId, id, stages)
    const kept = stages.map(({ key }) => key)
    // After the new ones are there: leads that were deleted in a stage that goes move to one of them.
    await dropStages(tx, workspaceId, id, kept)
    const [pipeline] = await read(tx, workspaceId, id)
    if (isDeepStrictEqual(before, pipeline)) return pipeline!
    const data = { pipelineId: id, name, stages: kept }
    await recordEvents(tx, workspaceId, [
      newEvent({ type: 'pipeline.saved', leadId: null, ...by, data, at: core.now() }),
    ])
    return pipeline!
  })
  core.recent.forget()
  return saved
}

/** Held to the end: whose a stage is, is one's to say at a time. */
async function lockPipelines(tx: Tx, workspaceId: string): Promise<void> {
  await tx.query(sql`select 1 as held from workspaces where id = ${workspaceId} for no key update`)
}

async function writeStages(tx: Tx, workspaceId: string, pipelineId: string, stages: Stage[]): Promise<void> {
  const [foreign] = await tx.query<{ key: string }>(sql`
    select key from stages
    where workspace_id = ${workspaceId} and key = any(${stages.map(({ key }) => key)}) and pipeline_id <> ${pipelineId} limit 1`)
  if (foreign) throw invalid('stages', `Another pipeline has the stage “${foreign.key}”. Choose another key.`)
  await tx.query(sql`
    insert into stages (workspace_id, key, pipeline_id, name, position, kind, rotten_after_days)
    select ${workspaceId}::uuid, v.key, ${pipelineId}::uuid, v.name, v.position, v.kind, v.rotten from unnest(
      ${stages.map(({ key }) => key)}::text[], ${stages.map(({ name }) => name)}::text[], ${stages.map((_, i) => i + 1)}::integer[],
      ${stages.map(({ kind }) => kind)}::text[], ${stages.map(({ rottenAfterDays }) => rottenAfterDays)}::integer[]
    ) as v (key, name, position, kind, rotten)
    order by v.key
    on conflict (workspace_id, key) do update set
      name = excluded.name, position = excluded.position, kind = excluded.kind, rotten_after_days = excluded.rotten_after_days`)
}

/** Takes away the stages that are not kept; no lead that is there may be in one. */
async function dropStages(tx: Tx, workspaceId: string, pipelineId: string, kept: string[]): Promise<void> {
  // An import may hold them without a gap: who need not wait for it is told at once.
  await demandUnused(tx, workspaceId, pipelineId, kept)
  // Waits for those who are moving leads there; then these are seen.
  await tx.query(sql`
    select key from stages where workspace_id = ${workspaceId} and pipeline_id = ${pipelineId} and key <> all(${kept}) order by key for update`)
  await demandUnused(tx, workspaceId, pipelineId, kept)
  // Those that may come back, as they are deleted or merged, come back in the first stage that stays.
  await tx.query(sql`
    update leads set lost_reason = null, stage = (
      select s.key from stages s join pipelines p on p.workspace_id = s.workspace_id and p.id = s.pipeline_id
      where s.workspace_id = ${workspaceId} and (s.pipeline_id <> ${pipelineId} or s.key = any(${kept}))
      order by p.position, p.id, s.position limit 1
    )
    where workspace_id = ${workspaceId} and stage in (
      select key from stages where workspace_id = ${workspaceId} and pipeline_id = ${pipelineId} and key <> all(${kept})
    )`)
  await tx.query(
    sql`delete from stages where workspace_id = ${workspaceId} and pipeline_id = ${pipelineId} and key <> all(${kept})`,
  )
}

async function demandUnused(tx: Tx, workspaceId: string, pipelineId: string, kept: string[]): Promise<void> {
  const [used] = await tx.query<{ name: string }>(sql`
    select s.name from stages s
    where s.workspace_id = ${workspaceId} and s.pipeline_id = ${pipelineId} and s.key <> all(${kept})
      and exists (
        select from leads l
        where l.workspace_id = s.workspace_id and l.stage = s.key and l.deleted_at is null and l.merged_into is null
      )
    limit 1`)
  if (used) throw new LeadNestError('stage_in_use', `There are leads in the stage “${used.name}”. Move them first.`)
}

/** A stage by its key, locked so that it stays while a lead is moved to it. Throws `unknown_reference`. */
export async function findStage(tx: Tx, workspaceId: string, key: string, { path = 'stage' } = {}): Promise<Stage> {
  const [stage] = await tx.query<Stage>(sql`
    select key, name, kind, rotten_after_days from stages where workspace_id = ${workspaceId} and key = ${key} for share`)
  if (!stage) throw unknownReference(path, 'There is no such stage.')
  return stage
}

/** Those of these stages that are there, locked so that they stay, unless `lock` is false; all else of them may change. */
export async function holdStages(
  tx: Tx,
  workspaceId: string,
  keys: string[],
  { lock = true } = {},
): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const stages = await tx.query<{ key: string }>(sql`
    select key from stages where workspace_id = ${workspaceId} and key = any(${keys}) order by key ${lock ? sql`for key share` : sql``}`)
  return new Set(stages.map(({ key }) => key))
}

export function unknownReference(path: string, message: string): LeadNestError {
  return new LeadNestError('unknown_reference', 'This refers to something that is not there.', {
    issues: [{ path, message }],
  })
}
