import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  captureLead,
  createLead,
  deleteLead,
  findForm,
  issueFormToken,
  listLeads,
  listSubmissions,
  sql,
  updateLead,
  updateWorkspaceSettings,
} from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import type { Lead, LeadInput } from './lead.ts'

let nest: TestNest
let time = Date.parse('2026-11-25T09:00:00Z')
let n = 0
const api = { actor: { type: 'key' as const, id: null, name: 'CRM' }, source: 'api' as const }
const visitor = { actor: { type: 'visitor' as const, id: null, name: null }, source: 'form' as const, trusted: false }

beforeAll(async () => {
  nest = await testNest({ now: () => new Date(time) })
  await updateWorkspaceSettings(nest, nest.workspaceId, { country: 'GB' }, api)
})
afterAll(() => nest.close())

/** A number and an address that nobody else in this file has. */
let phone: string
let email: string
beforeEach(() => {
  n++
  time += 60_000
  phone = `+4420794600${String(n).padStart(2, '0')}`
  email = `person${n}@example.com`
})

async function create(lead: LeadInput) {
  time += 1000
  return (await createLead(nest, nest.workspaceId, lead, api)).result
}
async function send(fields: Record<string, string>, door: Parameters<typeof captureLead>[3] = visitor) {
  const found = await findForm(nest, 'contact')
  const token = issueFormToken(nest, found.form.id)
  time += 5000
  return captureLead(nest, found, { fields, token }, door)
}
const all = async () => (await listLeads(nest, nest.workspaceId, { limit: 200, sort: 'createdAt' })).data
const known = async (what: Partial<Lead>) =>
  (await all()).filter((lead) => Object.entries(what).every(([key, value]) => lead[key as keyof Lead] === value))
const suggested = (ids: string[]) =>
  nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query<{ leadId: string; otherId: string; reasons: string[] }>(
      sql`select lead_id, other_id, reasons from duplicates where lead_id = any(${ids}) order by id`,
    ),
  )

describe('a phone number', () => {
  test('is stored as E.164 however it was written, by every door', async () => {
    const lead = await create({ email, phone: ` (0${phone.slice(3, 5)}) ${phone.slice(5, 9)}-${phone.slice(9)} ` })
    expect(lead.phone).toBe(phone)
    await send({ email: `form-${email}`, phone: `0${phone.slice(3)}` })
    expect(await known({ email: `form-${email}` })).toMatchObject([{ phone }])
    expect((await updateLead(nest, nest.workspaceId, lead.id, { phone: '00 49 30 901820' }, api)).phone).toBe(
      '+4930901820',
    )
  })

  test('that no country has is kept without its spaces', async () => {
    expect((await create({ email, phone: '123 45-67' })).phone).toBe('1234567')
  })

  test.each(['call me', '1234', '+', '020 7946 0958 or so', '1'.repeat(21)])('is not %j', async (said) => {
    await expect(create({ email, phone: said })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'phone' }],
    })
  })
})

describe('a person without an e-mail', () => {
  test('is the lead that has their phone', async () => {
    const first = await create({ phone, name: 'Ada' })
    const again = await create({ phone: `0${phone.slice(3)}`, company: 'Engines' })
    expect(again).toMatchObject({ id: first.id, name: 'Ada', company: 'Engines' })
  })

  test('is the oldest of several that have it', async () => {
    const older = await create({ email, phone })
    const younger = await create({ email: `other-${email}`, phone })
    expect(younger.id).not.toBe(older.id)
    expect((await create({ phone, name: 'Somebody' })).id).toBe(older.id)
  })

  test('gains the e-mail that comes with the same phone, and is known by both from then on', async () => {
    const first = await create({ phone, name: 'Ada' })
    await send({ email, phone: `0${phone.slice(3)}` })
    expect(await known({ email })).toMatchObject([{ id: first.id, phone, name: 'Ada' }])
    const other = await create({ phone, email: `second-${email}` })
    expect(other.id).not.toBe(first.id)
  })
})

describe('identities that belong to two leads', () => {
  test('leave the phone unwritten and suggest the two', async () => {
    const byEmail = await create({ email, name: 'By e-mail' })
    const byPhone = await create({ phone, name: 'By phone' })
    await send({ email, phone })
    expect(await known({ email })).toMatchObject([{ id: byEmail.id, phone: null }])
    expect(await suggested([byEmail.id])).toEqual([{ leadId: byEmail.id, otherId: byPhone.id, reasons: ['phone'] }])
    await send({ email, phone })
    expect(await suggested([byEmail.id])).toHaveLength(1)
  })

  test('leave the e-mail unwritten where the externalId says somebody else', async () => {
    const one = await create({ externalId: `crm-${n}`, email })
    const two = await create({ email: `two-${email}` })
    expect(await create({ externalId: `crm-${n}`, email: `two-${email}`, name: 'One' })).toMatchObject({
      id: one.id,
      email,
    })
    expect(await suggested([one.id])).toEqual([{ leadId: one.id, otherId: two.id, reasons: ['email'] }])
  })

  test('of whom clearing the e-mail would leave two with one phone, are refused', async () => {
    const one = await create({ email, phone, name: 'One' })
    await create({ email: `other-${email}`, phone })
    const alone = await create({
      email: `third-${email}`,
      phone: `+4930901${String(n).padStart(3, '0')}`,
      name: 'Alone',
    })
    expect((await updateLead(nest, nest.workspaceId, one.id, { email: null }, api)).email).toBeNull()
    await updateLead(nest, nest.workspaceId, alone.id, { phone }, api)
    await expect(updateLead(nest, nest.workspaceId, alone.id, { email: null }, api)).rejects.toMatchObject({
      code: 'identity_taken',
      issues: [{ path: 'phone' }],
    })
  })

  test('cannot all be cleared', async () => {
    const lead = await create({ email, phone })
    await expect(updateLead(nest, nest.workspaceId, lead.id, { email: null, phone: null }, api)).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })
})

test('50 people without an e-mail in one batch, by ten numbers, are ten leads', async () => {
  const numbers = Array.from({ length: 50 }, (_, i) => `+4930902${String(i % 10).padStart(3, '0')}`)
  const found = await findForm(nest, 'contact')
  const door = { ...api, trusted: true }
  await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query(sql`update forms set fields = jsonb_set(fields, '{1,required}', 'false') where slug = 'contact'`),
  )
  nest.recent.forget()
  const { form } = await findForm(nest, 'contact')
  await Promise.all(
    [...numbers, ...numbers.toReversed()].map((phone) =>
      captureLead(nest, { ...found, form }, { fields: { phone } }, door),
    ),
  )
  for (const phone of numbers.slice(0, 10)) {
    const [lead, ...others] = await known({ phone })
    expect(others).toEqual([])
    expect((await listSubmissions(nest, nest.workspaceId, { leadId: lead!.id })).data).toHaveLength(10)
  }
})

test('a capture that waited for a merge goes to the survivor', async () => {
  const survivor = await create({ email, name: 'Survivor' })
  const other = await create({ email: `other-${email}` })
  const { workspaceId } = nest
  let capture: Promise<unknown> | undefined
  await nest.inWorkspace(workspaceId, async (tx) => {
    // What a merge does, held open while the capture has found the other and waits for it.
    await tx.query(
      sql`select 1 as held from leads where workspace_id = ${workspaceId} and id in (${survivor.id}, ${other.id}) for update`,
    )
    capture = send({ email: `other-${email}`, message: 'Hello' })
    await expect
      .poll(
        async () =>
          (await nest.pool.query("select 1 from pg_locks where not granted and locktype = 'transactionid'")).rowCount,
      )
      .toBe(1)
    await tx.query(
      sql`update leads set email = null, merged_into = ${survivor.id} where workspace_id = ${workspaceId} and id = ${other.id}`,
    )
    await tx.query(sql`insert into lead_aliases values (${workspaceId}, 'email', ${`other-${email}`}, ${survivor.id})`)
  })
  await capture
  expect(await known({ email: `other-${email}` })).toEqual([])
  expect((await known({ id: survivor.id }))[0]).toMatchObject({ email, fields: { message: 'Hello' } })
})

test('a visitor is not refused for a field of the workspace that has changed since the form was made', async () => {
  await nest.field('answer', 'number')
  await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query(
      sql`update forms set fields = fields || '[{"name":"answer","type":"text","label":"Answer","required":false}]' where slug = 'contact'`,
    ),
  )
  nest.recent.forget()
  expect((await send({ email, answer: 'forty-two' })).result.status).toBe('accepted')
  const [lead] = await known({ email })
  expect(lead!.fields).toEqual({})
  expect((await listSubmissions(nest, nest.workspaceId, { leadId: lead!.id })).data[0]!.fields.answer).toBe('forty-two')
  await expect(send({ email, answer: 'forty-two' }, { ...api, trusted: true })).rejects.toMatchObject({
    issues: [{ path: 'fields.answer' }],
  })
})

test('somebody deleted gives up the phone, and what else they were known by', async () => {
  const gone = await create({ phone, name: 'Gone' })
  await deleteLead(nest, nest.workspaceId, gone.id, api)
  const lead = await create({ email, name: 'Here' })
  await updateLead(nest, nest.workspaceId, lead.id, { phone, email: null }, api)
  expect(await known({ phone })).toMatchObject([{ id: lead.id }])
  const known1 = await create({ externalId: `crm-${n}`, email: `x-${email}` })
  const deleted = await create({ email: `y-${email}` })
  await deleteLead(nest, nest.workspaceId, deleted.id, api)
  expect(await create({ externalId: `crm-${n}`, email: `y-${email}` })).toMatchObject({
    id: known1.id,
    email: `y-${email}`,
  })
})

test('somebody deleted gives up the e-mail that a lead which is there is given', async () => {
  const gone = await create({ email, name: 'Gone' })
  await deleteLead(nest, nest.workspaceId, gone.id, api)
  const lead = await create({ email: `new-${email}` })
  expect((await updateLead(nest, nest.workspaceId, lead.id, { email }, api)).email).toBe(email)
  await send({ email })
  expect(await known({ email })).toMatchObject([{ id: lead.id }])
})
