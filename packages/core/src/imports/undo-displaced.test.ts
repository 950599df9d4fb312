import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createLead,
  deleteLead,
  eraseLead,
  getLead,
  listLeads,
  mergeLeads,
  sql,
  startBulk,
  undoJob,
  updateLead,
} from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

async function desk() {
  const { id, run, undo, lead } = await importDesk(nest)
  const gone = async (said: object) => {
    const { result } = await createLead(nest, id, { fields: {}, ...said }, by)
    await deleteLead(nest, id, result.id, by)
    return result.id
  }
  const known = async (leadId: string) => {
    const [row] = await nest.inWorkspace(id, (tx) =>
      tx.query<Record<string, unknown>>(sql`
        select email, external_id, phone, updated_at, deleted_at is not null as is_deleted from leads where id = ${leadId}`),
    )
    return row!
  }
  const add = async (said: object) => (await createLead(nest, id, { fields: {}, ...said }, by)).result.id
  const aliases = () =>
    nest.inWorkspace(id, (tx) =>
      tx.query(sql`select kind, value, lead_id from lead_aliases where workspace_id = ${id} order by kind`),
    )
  return { id, run, undo, lead, gone, known, add, aliases }
}

test('the undo gives deleted leads back by what they were known, as far as that is free', async () => {
  const { id, run, undo, lead, gone, known } = await desk()
  const first = await gone({ email: 'first@example.com', externalId: 'OLD-1', phone: '+14155550101' })
  const second = await gone({ email: 'second@example.com', externalId: 'OLD-2' })
  const third = await gone({ email: 'third@example.com', externalId: 'OLD-3' })
  const before = [await known(first), await known(second), await known(third)]
  const lines = [
    'externalId\temail',
    'NEW-1\tfirst@example.com',
    'NEW-2\tsecond@example.com',
    'NEW-3\tthird@example.com',
  ]
  const dry = await run(lines, { key: 'externalId', dryRun: true })
  const done = await run(lines, { key: 'externalId' })
  expect([dry.created, done.created]).toEqual([3, 3])
  expect(await known(first)).toMatchObject({ email: null, externalId: null, phone: null, isDeleted: true })

  // One of the new is in use since, and so keeps its address; an old one was given another.
  await updateLead(nest, id, await lead('second@example.com'), { name: 'In use' }, by)
  await nest.inWorkspace(id, (tx) => tx.query(sql`update leads set email = 'other@example.com' where id = ${third}`))
  expect(await undo(done.id)).toMatchObject({ status: 'succeeded', restored: 2, leftAlone: 1 })
  expect(await known(first)).toEqual(before[0])
  expect(await known(second)).toEqual({ ...before[1], email: null })
  expect(await known(third)).toMatchObject({ email: 'other@example.com', externalId: null })
  const [job] = await nest.inWorkspace(id, (tx) =>
    tx.query<{ done: number; total: number; kept: object }>(sql`
      select done, total, (
        select jsonb_object_agg(lead_id, before) from import_changes where displaced
      ) as kept from jobs where undo_of = ${done.id}`),
  )
  // Kept for the next undo.
  expect(job).toEqual({
    done: 3,
    total: 3,
    kept: { [second]: { email: 'second@example.com' }, [third]: { email: 'third@example.com', externalId: 'OLD-3' } },
  })
})

test('one that gave up its address and was brought back by a later row is as before after the undo', async () => {
  const { run, undo, gone, known } = await desk()
  const lead = await gone({ email: 'ada@example.com', externalId: 'OLD' })
  const before = await known(lead)
  const lines = ['id\texternalId\temail\tname', '\tNEW\tada@example.com\tNew', `${lead}\t\t\tBack`]
  const dry = await run(lines, { key: 'externalId', dryRun: true })
  const done = await run(lines, { key: 'externalId' })
  expect([dry.created, dry.updated, done.created, done.updated]).toEqual([1, 1, 1, 1])
  expect(await known(lead)).toMatchObject({ email: null, externalId: null, isDeleted: false })
  expect(await undo(done.id)).toMatchObject({ restored: 2, leftAlone: 0 })
  expect(await known(lead)).toEqual(before)
})

test('nobody gives up what a row that only fills blanks does not write', async () => {
  const { id, run, gone, known } = await desk()
  const lead = await gone({ email: 'gone@example.com', externalId: 'OLD' })
  await createLead(nest, id, { email: 'ada@example.com', externalId: 'ADA', fields: {} }, by)
  expect(await run(['email\texternalId\tname', 'ada@example.com\tOLD\tAda'], { mode: 'fill' })).toMatchObject({
    updated: 1,
  })
  expect(await known(lead)).toMatchObject({ email: 'gone@example.com', externalId: 'OLD' })
})

test('what one gave up to somebody who was erased since does not come back by the undo', async () => {
  const { id, run, undo, lead, gone, known } = await desk()
  const old = await gone({ email: 'ada@example.com', externalId: 'OLD-1' })
  const taken = await gone({ email: 'grace@example.com', externalId: 'G-1' })
  const other = await gone({ email: 'other@example.com', externalId: 'OLD-2' })
  const lines = ['externalId\temail', 'NEW-1\tada@example.com', 'NEW-2\tother@example.com']
  const done = await run(lines, { key: 'externalId' })
  const byEmail = await run(['email\texternalId', 'new@example.com\tG-1'], { key: 'email' })
  expect(await known(taken)).toMatchObject({ email: null, externalId: null })
  await eraseLead(nest, id, await lead('ada@example.com'), {}, by)
  await eraseLead(nest, id, await lead('new@example.com'), {}, by)
  await nest.settle()
  expect(await undo(done.id)).toMatchObject({ status: 'succeeded' })
  expect(await undo(byEmail.id)).toMatchObject({ status: 'succeeded' })
  expect(await known(old)).toMatchObject({ email: null, externalId: null })
  expect(await known(taken)).toMatchObject({ email: null, externalId: null })
  expect(await known(other)).toMatchObject({ email: 'other@example.com', externalId: 'OLD-2' })
})

test('what a lead had before, and somebody who was erased had since, does not come back either; all else does', async () => {
  const { id, run, undo, known, lead } = await desk()
  const said = { externalId: 'MOVED', email: 'moved@example.com', name: 'Before', fields: {} }
  const { result: moved } = await createLead(nest, id, said, by)
  const done = await run(['externalId\temail\tname', 'MOVED\tnow@example.com\tAfter'], { key: 'externalId' })
  expect(done).toMatchObject({ updated: 1 })
  await createLead(nest, id, { email: 'moved@example.com', fields: {} }, by)
  await eraseLead(nest, id, await lead('moved@example.com'), {}, by)
  await nest.settle()
  expect(await undo(done.id)).toMatchObject({ status: 'succeeded', restored: 1 })
  expect(await known(moved.id)).toMatchObject({ email: 'now@example.com', externalId: 'MOVED' })
  expect(await getLead(nest, id, moved.id)).toMatchObject({ name: 'Before' })
})

test('what somebody is known by since who took another in does not come back either', async () => {
  const { id, run, undo, lead, gone, known, add } = await desk()
  const survivor = await add({ email: 'survivor@example.com', externalId: 'SURVIVOR' })
  const changed = await add({ email: 'old@example.com', externalId: 'CHANGED' })
  const renamed = await add({ email: 'renamed@example.com', externalId: 'OLD' })
  const same = await add({ email: 'same@example.com', externalId: 'SAME' })
  const deleted = await gone({ email: 'deleted@example.com', externalId: 'DELETED' })
  const byId = await run(
    ['externalId\temail', 'CHANGED\tnew@example.com', 'SAME\tother@example.com', 'MADE\tdeleted@example.com'],
    { key: 'externalId' },
  )
  const ofOne = await run(['id\texternalId', `${renamed}\tNEW`], { key: 'id' })
  expect([byId.created, byId.updated, ofOne.updated]).toEqual([1, 2, 1])
  await updateLead(nest, id, await lead('deleted@example.com'), { email: 'made@example.com' }, by)
  for (const said of [{ email: 'old@example.com' }, { externalId: 'OLD' }, { email: 'deleted@example.com' }])
    await mergeLeads(nest, id, { leadIds: [survivor, await add(said)], dryRun: false }, by)

  expect(await undo(byId.id)).toMatchObject({ restored: 1, leftAlone: 2 })
  expect(await undo(ofOne.id)).toMatchObject({ restored: 0, leftAlone: 1, leads: [renamed] })
  expect(await known(changed)).toMatchObject({ email: 'new@example.com' })
  expect(await known(renamed)).toMatchObject({ externalId: 'NEW' })
  expect(await known(same)).toMatchObject({ email: 'same@example.com' })
  expect(await known(deleted)).toMatchObject({ email: null, externalId: 'DELETED' })
})

test('one that only gave up its address is none of the leads of the import, also when it is restored', async () => {
  const { id, run, lead } = await desk()
  const said = { email: 'ada@example.com', externalId: 'OLD', name: 'Old', fields: {} }
  const { result: old } = await createLead(nest, id, said, by)
  const { result: job } = await startBulk(nest, id, { ids: [old.id], action: { type: 'delete' }, dryRun: false }, by)
  await nest.settle()
  const done = await run(['externalId\temail', 'NEW\tada@example.com'], { key: 'externalId' })
  await undoJob(nest, id, (job as { id: string }).id, by, 'plugin')
  await nest.settle()
  expect(await getLead(nest, id, old.id)).toMatchObject({ email: null, name: 'Old' })
  const of = async (filter: string) =>
    (await listLeads(nest, id, { limit: 50, sort: 'name', filter })).data.map(({ id }) => id)
  expect(await of(`import = ${done.id}`)).toEqual([await lead('ada@example.com')])
  expect(await of(`import != ${done.id}`)).toEqual([old.id])
})

/** A deleted lead that another was merged into before, which makes way for a row that has the other's address. */
async function deskOfMerged() {
  const { id, run, undo, lead, known, add, aliases } = await desk()
  const survivor = await add({ email: 'survivor@example.com', externalId: 'SURVIVOR' })
  const other = await add({ email: 'other@example.com', externalId: 'OTHER', phone: '+14155550101' })
  await mergeLeads(nest, id, { leadIds: [survivor, other], dryRun: false }, by)
  await deleteLead(nest, id, survivor, by)
  const done = await run(['externalId\temail', 'NEW\tother@example.com'], { key: 'externalId' })
  expect([done.created, await aliases()]).toEqual([1, []])
  return { id, add, undo, lead, known, survivor, done, aliases }
}

test('the undo gives a deleted lead back by what those were known who are merged into it', async () => {
  const { id, add, undo, known, survivor, done, aliases } = await deskOfMerged()
  await add({ externalId: 'OTHER' })
  expect(await undo(done.id)).toMatchObject({ restored: 1, leftAlone: 0 })
  expect(await known(survivor)).toMatchObject({ email: 'survivor@example.com', externalId: 'SURVIVOR' })
  expect(await aliases()).toEqual([{ kind: 'email', value: 'other@example.com', leadId: survivor }])
  // So whoever has it is the one that they were.
  const again = await createLead(nest, id, { email: 'other@example.com', fields: {} }, by)
  expect(again.result.id).toBe(survivor)
})

test('what it got back it does not get back a second time', async () => {
  const { id, undo, lead, survivor, done, aliases } = await deskOfMerged()
  await updateLead(nest, id, await lead('other@example.com'), { name: 'In use' }, by)
  const state = () =>
    nest.inWorkspace(id, (tx) =>
      tx.query(sql`
        select before, aliases, (
          select count(*)::integer from events e where e.lead_id = c.lead_id and e.type = 'lead.updated' and e.data ->> 'jobId' in (
            select id::text from jobs where undo_of = ${done.id}
          )
        ) as told
        from import_changes c where workspace_id = ${id} and lead_id = ${survivor}`),
    )
  expect(await undo(done.id)).toMatchObject({ restored: 0, leftAlone: 1 })
  expect(await aliases()).toEqual([{ kind: 'external_id', value: 'OTHER', leadId: survivor }])
  expect(await state()).toEqual([{ before: {}, aliases: ['email other@example.com'], told: 1 }])
  await nest.inWorkspace(id, (tx) => tx.query(sql`delete from lead_aliases where workspace_id = ${id}`))
  expect(await undo(done.id)).toMatchObject({ restored: 0, leftAlone: 1 })
  expect(await aliases()).toEqual([])
  expect(await state()).toEqual([{ before: {}, aliases: ['email other@example.com'], told: 1 }])
})

test('nor is it known by the phone of one who has no other address and was added since', async () => {
  const { id, run, undo, add, aliases } = await desk()
  const survivor = await add({ email: 'survivor@example.com', externalId: 'SURVIVOR', phone: '+14155550199' })
  const other = await add({ externalId: 'OTHER', phone: '+14155550101' })
  await mergeLeads(nest, id, { leadIds: [survivor, other], dryRun: false }, by)
  await deleteLead(nest, id, survivor, by)
  const done = await run(['email\texternalId', 'new@example.com\tOTHER'])
  expect([done.created, await aliases()]).toEqual([1, []])
  await add({ phone: '+14155550101' })
  expect(await undo(done.id)).toMatchObject({ restored: 1, leftAlone: 0 })
  expect(await aliases()).toEqual([{ kind: 'external_id', value: 'OTHER', leadId: survivor }])
})

test('but by none of somebody who was erased since', async () => {
  const { id, undo, lead, survivor, done, aliases, known } = await deskOfMerged()
  await eraseLead(nest, id, await lead('other@example.com'), {}, by)
  await nest.settle()
  const [kept] = await nest.inWorkspace(id, (tx) =>
    tx.query<{ kept: number }>(sql`select count(*)::integer as kept from import_changes`),
  )
  expect(kept).toEqual({ kept: 0 })
  expect(await undo(done.id)).toMatchObject({ status: 'succeeded' })
  expect([await aliases(), await known(survivor)]).toMatchObject([[], { email: null }])
})
