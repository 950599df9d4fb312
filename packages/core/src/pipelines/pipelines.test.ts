import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, createWorkspace, listPipelines, replacePipeline } from '../index.ts'
import { sql } from '../postgres/sql.ts'
import { type TestNest, testNest } from '../testing.ts'
import { holdStages } from './pipelines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest()
})
afterAll(() => nest.close())

const by = {
  actor: { type: 'user' as const, id: '0190a8f0-0000-7000-8000-000000000001', name: 'Ada' },
  source: 'api' as const,
}

/** A pipeline with the stages `first` and `second`, and what replaces it. */
async function desk() {
  const { id } = await createWorkspace(nest, { name: 'Stages' })
  const [sales] = await listPipelines(nest, id)
  const replace = (keys: string[]) => {
    const stages = keys.map((key) => ({ key, name: key, kind: 'open' as const, rottenAfterDays: null }))
    return replacePipeline(nest, id, sales!.id, { name: 'Sales', stages }, by)
  }
  await replace(['first', 'second'])
  const add = (email: string) => createLead(nest, id, { email, stage: 'second', fields: {} }, by)
  return { id, replace, add }
}

test('a pipeline is saved while an import holds its stages', async () => {
  const { id, replace } = await desk()
  await nest.inWorkspace(id, async (tx) => {
    expect(await holdStages(tx, id, ['first', 'second'])).toEqual(new Set(['first', 'second']))
    expect((await replace(['second', 'first', 'third'])).stages).toMatchObject([
      { key: 'second' },
      { key: 'first' },
      { key: 'third' },
    ])
  })
})

test('whoever takes away a stage with leads is told at once, also while an import holds it', async () => {
  const { id, replace, add } = await desk()
  await add('ada@example.com')
  await nest.inWorkspace(id, async (tx) => {
    await holdStages(tx, id, ['first', 'second'])
    await expect(replace(['first'])).rejects.toMatchObject({ code: 'stage_in_use' })
  })
})

test('a stage that is held goes only when it is let go, and then not with the leads that were put there', async () => {
  const { id, replace } = await desk()
  const waiting = () =>
    nest.outside(async (tx) => {
      const [row] = await tx.query<{ count: number }>(sql`
        select count(*)::integer as count from pg_locks l join pg_database d on d.oid = l.database or l.database is null
        where not l.granted and d.datname = current_database()`)
      return row!.count
    })
  const saved = await nest.inWorkspace(id, async (tx) => {
    await holdStages(tx, id, ['second'])
    const saved = replace(['first']).catch((error: unknown) => error)
    await expect.poll(waiting).toBeGreaterThan(0)
    await tx.query(sql`
      insert into leads (workspace_id, id, email, stage, created_at, updated_at, last_activity_at)
      values (${id}, gen_random_uuid(), 'ada@example.com', 'second', now(), now(), now())`)
    return [saved]
  })
  expect(await saved[0]).toMatchObject({ code: 'stage_in_use' })
})
