import {
  type Core,
  captureLead,
  claimAnswer,
  eraseLead,
  findForm,
  finishErasure,
  keepAnswer,
  mergeLeads,
  newId,
  runJob,
  sql,
} from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDesk } from './testing/open-desk.ts'

let desk: Awaited<ReturnType<typeof openDesk>>
let workspaceId: string
let core: Core
const by = { actor: { type: 'key' as const, id: null, name: 'test' }, source: 'api' as const }
beforeAll(async () => {
  desk = await openDesk()
  core = desk.server.nest
  workspaceId = desk.server.nest.workspaceId
})
afterAll(() => desk.server.close())

const erase = (id: string, using: Core = core) => eraseLead(using, workspaceId, id, {}, by)
const left = async (id: string) =>
  core.inWorkspace(workspaceId, (tx) =>
    tx.query<{ place: string; count: number }>(sql`
      select 'leads' as place, count(*)::integer as count from leads where workspace_id = ${workspaceId} and id = ${id}
      union all select 'submissions', count(*)::integer from submissions where workspace_id = ${workspaceId} and lead_id = ${id}
      union all select 'events', count(*)::integer from events where workspace_id = ${workspaceId} and lead_id = ${id}
      union all select 'notes', count(*)::integer from notes where workspace_id = ${workspaceId} and lead_id = ${id}
      union all select 'known', count(*)::integer from erasures where workspace_id = ${workspaceId} and known is not null`),
  )
/** Only that it was erased. */
const gone = [
  { place: 'leads', count: 0 },
  { place: 'submissions', count: 0 },
  { place: 'events', count: 1 },
  { place: 'notes', count: 0 },
  { place: 'known', count: 0 },
]
const addEvents = (leadId: string, count: number) =>
  core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      insert into events (workspace_id, id, type, lead_id, actor, source, data, created_at)
      select ${workspaceId}::uuid, gen_random_uuid(), 'lead.tracked', ${leadId}::uuid, '{"type":"system","id":null,"name":null}', 'api', '{"name":"x.y"}', now()
      from generate_series(1, ${count}::integer)`),
  )
/** A core that dies at its n-th transaction. */
function dyingAt(n: number): Core {
  let count = 0
  return {
    ...core,
    inWorkspace: (id, work) => {
      if (++count === n) throw new Error('killed')
      return core.inWorkspace(id, work)
    },
  }
}

describe('a long history', () => {
  test('is erased in several transactions, and by the next run where the first was killed', async () => {
    const { json: lead } = await desk.ask('POST /v1/leads', { email: 'long@example.com', name: 'Long' })
    await addEvents(lead.id, 5000)
    await expect(erase(lead.id, dyingAt(2))).rejects.toThrow('killed')

    // Nobody sees the lead any more, and whoever writes is somebody new.
    expect((await desk.ask(`GET /v1/leads/${lead.id}`)).json.code).toBe('not_found')
    expect((await desk.ask(`GET /v1/leads/${lead.id}/export`)).json.code).toBe('not_found')
    const { status, json: again } = await desk.ask('POST /v1/leads', { email: 'long@example.com' })
    expect([status, again.id === lead.id]).toEqual([201, false])

    await finishErasure(core, { workspaceId, leadId: lead.id })
    expect(await left(lead.id)).toEqual(gone)
    await finishErasure(core, { workspaceId, leadId: lead.id })
    expect(await left(lead.id)).toEqual(gone)
    expect((await desk.lead(again.id)).email).toBe('long@example.com')
  })

  test('is finished by the job that the first transaction leaves, and by asking again', async () => {
    const { json: lead } = await desk.ask('POST /v1/leads', { email: 'again@example.com' })
    await addEvents(lead.id, 2500)
    await expect(erase(lead.id, dyingAt(2))).rejects.toThrow('killed')
    const { rows } = await core.pool.query(
      `select key from graphile_worker.jobs where task_identifier = 'finish_erasure' and key = $1`,
      [`finish_erasure ${lead.id}`],
    )
    expect(rows).toHaveLength(1)
    const { status, json } = await desk.ask(`POST /v1/leads/${lead.id}/erase`, {})
    expect([status, json.removed.events]).toEqual([200, 2501])
    expect((await desk.ask(`POST /v1/leads/${lead.id}/erase`, {})).json.code).toBe('not_found')
  })
})

test('of two who erase a lead at once both answer, or one says that it is not there; there is one event', async () => {
  const { json: lead } = await desk.ask('POST /v1/leads', { email: 'twice@example.com' })
  await addEvents(lead.id, 4500)
  const answers = await Promise.allSettled([erase(lead.id), erase(lead.id), erase(lead.id)])
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'not_found' })
  expect(answers.some(({ status }) => status === 'fulfilled')).toBe(true)
  expect(await left(lead.id)).toEqual(gone)
})

test('captures of the same person at the same moment leave whole leads, and nothing of the erased one', async () => {
  const form = await findForm(core, 'contact')
  const send = (n: number) =>
    captureLead(
      core,
      form,
      { fields: { email: 'race@example.com', message: `message ${n}` } },
      { ...by, trusted: true, idempotency: { scope: 'test', key: newId(), fingerprint: Buffer.from('x') } },
    )
  for (let round = 0; round < 10; round++) {
    await send(0)
    const [{ id }] = (await desk.ask('GET /v1/leads?email=race@example.com')).json.data
    const [erased] = await Promise.all([erase(id), ...Array.from({ length: 8 }, (_, n) => send(n))])
    expect(await left(id)).toEqual(gone)
    const rest = (await desk.ask('GET /v1/leads?email=race@example.com')).json.data as { id: string }[]
    const sent = await core.inWorkspace(workspaceId, (tx) =>
      tx.query<{ erased: number; held: number; leads: string[] }>(sql`
        select count(*) filter (where erased_at is not null)::integer as erased, count(*) filter (where lead_id is null and erased_at is null)::integer as held,
          array_agg(distinct lead_id) filter (where lead_id is not null) as leads
        from submissions where workspace_id = ${workspaceId} and (erased_at is not null or lead_id = any(${rest.map((lead) => lead.id)}::uuid[]))`),
    )
    expect([sent[0]!.held, sent[0]!.leads ?? []]).toEqual([0, rest.map((lead) => lead.id)])
    expect(erased.removed.submissions).toBeGreaterThan(0)
    for (const lead of rest) await erase(lead.id)
  }
})

test('with a merge it is one after the other: the survivor goes with both, or the merge finds nobody', async () => {
  for (let round = 0; round < 6; round++) {
    const { json: one } = await desk.ask('POST /v1/leads', { email: `one${round}@example.com`, name: 'One' })
    const { json: two } = await desk.ask('POST /v1/leads', { email: `two${round}@example.com`, name: 'Two' })
    const [merged, erased] = await Promise.allSettled([
      mergeLeads(core, workspaceId, { leadIds: [one.id, two.id], dryRun: false }, by),
      erase(round % 2 === 0 ? one.id : two.id),
    ])
    const both = [await left(one.id), await left(two.id)]
    if (erased.status === 'rejected') expect(erased.reason).toMatchObject({ code: 'lead_merged' })
    else if (merged.status === 'rejected') expect(merged.reason).toMatchObject({ code: 'unknown_reference' })
    else expect([erased.value.mergedIds, both[0]]).toEqual([[two.id], gone])
  }
})

test('a bulk change that is under way passes over who is erased, and its undo brings nobody back', async () => {
  desk.begin()
  const ids = await desk.leads(6)
  const job = await desk.bulk({ type: 'tag', add: ['seen'] })
  await desk.run(job)
  await desk.run(job, 3)
  await erase(ids[0]!)
  await erase(ids[5]!)
  expect((await desk.done(job)).status).toBe('succeeded')
  const deleting = await desk.bulk({ type: 'delete' })
  await desk.done(deleting)
  await erase(ids[1]!)
  for (const undoing of [deleting, job]) expect((await desk.undone(undoing)).status).toBe('succeeded')
  expect((await desk.list()).map(({ id }) => id)).toEqual([ids[2], ids[3], ids[4]])
  for (const id of [ids[0]!, ids[1]!, ids[5]!]) expect(await left(id)).toEqual(gone)
})

test('a merge that was undone is forgotten on the other timeline too, and cannot be undone again', async () => {
  const { json: older } = await desk.ask('POST /v1/leads', { email: 'older@example.com' })
  const { json: lead } = await desk.ask('POST /v1/leads', { phone: '+442079460777', name: 'Gave a name' })
  const { json: merge } = await desk.ask('POST /v1/leads/merge', { leadIds: [older.id, lead.id] })
  await desk.ask(`POST /v1/merges/${merge.id}/undo`)
  await erase(lead.id)
  expect(JSON.stringify(await desk.timeline(older.id))).not.toMatch(/Gave a name|460777/)
  expect((await desk.ask(`POST /v1/merges/${merge.id}/undo`)).json.code).toBe('not_found')
  expect((await desk.lead(older.id)).email).toBe('older@example.com')
})

test('the export of one lead tells nothing that another said in a merge that was undone', async () => {
  const { json: older } = await desk.ask('POST /v1/leads', { email: 'first@example.com' })
  const { json: lead } = await desk.ask('POST /v1/leads', { phone: '+442079460778', name: 'Said elsewhere' })
  const { json: merge } = await desk.ask('POST /v1/leads/merge', { leadIds: [older.id, lead.id] })
  const exported = async () => JSON.stringify((await desk.ask(`GET /v1/leads/${older.id}/export`)).json)
  expect(await exported()).toMatch(/"changes":\{[^}]*Said elsewhere/)
  await desk.ask(`POST /v1/merges/${merge.id}/undo`)
  expect(await exported()).toContain(merge.id)
  expect(await exported()).not.toMatch(/Said elsewhere|460778/)
})

test('an answer that is kept after the erasure is not kept, and its key is free', async () => {
  const { json: lead } = await desk.ask('POST /v1/leads', { email: 'kept@example.com', name: 'Kept' })
  const keep = { 'idempotency-key': 'nothing changes' }
  const patch = () =>
    desk.server.request(`PATCH /v1/leads/${lead.id}`, { key: desk.key, body: { name: 'Kept' }, headers: keep })
  expect((await patch()).json.name).toBe('Kept')
  expect((await patch()).headers.get('idempotency-replayed')).toBe('true')
  await erase(lead.id)
  expect((await patch()).json).toMatchObject({ code: 'not_found' })

  const { json: late } = await desk.ask('POST /v1/leads', { email: 'late@example.com', name: 'Late' })
  const key = { scope: 'test', key: 'late', fingerprint: Buffer.from('f'), names: [late.id as string] }
  const claimed = await claimAnswer(core, workspaceId, key)
  await erase(late.id)
  if (!('claim' in claimed)) throw new Error('The key was not free.')
  await keepAnswer(core, claimed.claim, { status: 200, body: JSON.stringify(late) })
  expect(await claimAnswer(core, workspaceId, key)).toHaveProperty('claim')
})

describe('many at once', () => {
  test('are counted first, then erased by a job that has no undo', async () => {
    desk.begin()
    const ids = await desk.leads(45)
    const dry = await desk.ask('POST /v1/leads/bulk', { filter: desk.ours(), action: { type: 'erase' }, dryRun: true })
    expect([dry.status, dry.json.matched, dry.json.sample.length]).toEqual([200, 45, 5])
    const job = await desk.bulk({ type: 'erase', reason: 'no_longer_needed' })
    await desk.run(job)
    await desk.run(job)
    const done = await desk.done(job)
    expect(done).toMatchObject({ status: 'succeeded', result: { changed: 45, failed: 0 }, undoUntil: null })
    expect(await desk.list()).toEqual([])
    for (const id of ids) expect(await left(id)).toEqual(gone)
    expect(await desk.eventsOf(job)).toHaveLength(45)
    expect((await desk.ask(`POST /v1/jobs/${job.id}/undo`)).json.code).toBe('undo_not_possible')
  })

  test('with long histories are gone with the checkpoint, and a job of each removes the rest', async () => {
    desk.begin()
    const ids = await desk.leads(3)
    for (const id of ids) await addEvents(id, 2500)
    const eventsLeft = async () =>
      (
        await core.inWorkspace(workspaceId, (tx) =>
          tx.query<{ id: string }>(
            sql`select id from events where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) and type <> 'lead.erased'`,
          ),
        )
      ).length
    const before = await eventsLeft()
    const job = await desk.bulk({ type: 'erase' })
    let after = before
    while (after === before) {
      await desk.run(job)
      after = await eventsLeft()
    }
    expect(before - after).toBe(2000)
    expect(await desk.list()).toEqual([])
    expect(await desk.done(job)).toMatchObject({ status: 'succeeded', result: { changed: 3 } })

    await desk.server.nest.settle()
    for (const id of ids) expect(await left(id)).toEqual(gone)
    expect((await desk.eventsOf(job)).map(({ type }: { type: string }) => type)).toEqual(Array(3).fill('lead.erased'))
  })

  test('goes on after a kill, and asks for privacy:write', async () => {
    desk.begin()
    await desk.leads(30)
    const body = { filter: desk.ours(), action: { type: 'erase' } }
    const key = await desk.server.nest.key({ scopes: ['leads:read', 'leads:write'] })
    expect((await desk.ask('POST /v1/leads/bulk', body, key)).json.code).toBe('forbidden')
    expect((await desk.ask('POST /v1/leads/bulk', { ...body, dryRun: true }, key)).json.code).toBe('forbidden')
    const job = await desk.bulk({ type: 'erase' })
    await expect(runJob(dyingAt(4), { workspaceId, jobId: job.id }, { patience: 60_000 })).rejects.toThrow('killed')
    expect(await desk.done(job)).toMatchObject({ status: 'succeeded', result: { changed: 30 } })
    expect(await desk.list()).toEqual([])
  })
})
