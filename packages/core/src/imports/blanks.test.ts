import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, getLead, isSuppressed, listNotes } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

const consent = { to: 'consent', channel: 'email', purpose: 'news', wording: 'Write to me.' }
const mapping = {
  ...{ email: 'email', externalId: 'externalId', phone: 'phone', name: 'name', firstName: 'firstName' },
  ...{ lastName: 'lastName', company: 'company', stage: 'stage', owner: 'owner', tags: 'tags', note: 'note' },
  ...{ news: consent, out: { to: 'optOut', channel: 'sms' } },
  size: { to: 'fields.size', create: { type: 'number' as const } },
  more: { to: 'fields.more', create: { type: 'json' as const }, default: '[1]' },
}
const header = Object.keys(mapping).join('\t')

/** A lead that has something of each target, and what imports make of a row with nothing but its address. */
async function desk() {
  const one = await importDesk(nest)
  const user = await nest.user({
    email: `${one.id}@example.com`,
    password: 'correct horse battery',
    workspaceId: one.id,
  })
  const full = ['ada@example.com', 'x-1', '+442079460123', 'Countess', 'Ada', 'King', 'ACME', 'qualified', user.email]
  await one.run([header, [...full, 'VIP', 'Likes tea.', 'yes', 'yes', '38.5', '[2]'].join('\t')], { mapping })
  const id = await one.lead('ada@example.com')
  const seen = async () => {
    const lead = await getLead(nest, one.id, id)
    const notes = (await listNotes(nest, one.id, id, { limit: 50 })).data.map(({ body }) => body)
    const barred = ['email', 'sms'].map((channel) =>
      isSuppressed(nest, one.id, { channel, address: channel === 'sms' ? '+442079460123' : 'ada@example.com' }),
    )
    return { ...lead, notes, barred: await Promise.all(barred) }
  }
  return { ...one, seen, blank: `ada@example.com${'\t'.repeat(14)}` }
}

const stays = {
  email: 'ada@example.com',
  externalId: 'x-1',
  stage: 'qualified',
  tags: ['VIP'],
  notes: ['Likes tea.'],
  barred: [false, true],
}

test('an empty cell says nothing, or takes away what is there but for who somebody is, how far they are and what was added', async () => {
  const { run, undo, seen, blank } = await desk()
  const before = await seen()
  const { default: _, ...more } = mapping.more
  const said = { mapping: { ...mapping, more } }
  expect(before).toMatchObject({
    ...stays,
    phone: '+442079460123',
    name: 'Countess',
    fields: { size: 38.5, more: [2] },
  })
  expect(await run([header, blank], said)).toMatchObject({ skipped: 1 })
  expect(await run([header, blank], { ...said, blanks: 'clear', mode: 'fill' })).toMatchObject({ skipped: 1 })
  expect(await run([header, blank], { ...said, blanks: 'clear', dryRun: true })).toMatchObject({ updated: 1 })
  expect(await seen()).toEqual(before)

  const done = await run([header, blank], { ...said, blanks: 'clear' })
  expect(done).toMatchObject({ updated: 1, failed: 0 })
  const nothing = { phone: null, name: null, firstName: null, lastName: null, company: null, ownerId: null, fields: {} }
  expect(await seen()).toMatchObject({ ...stays, ...nothing })
  expect(await run([header, blank], { ...said, blanks: 'clear' })).toMatchObject({ skipped: 1 })
  expect(await undo(done.id)).toMatchObject({ restored: 1, leftAlone: 0 })
  expect({ ...(await seen()), updatedAt: '' }).toEqual({ ...before, updatedAt: '' })
})

test('a default stands for an empty cell; a full name that is empty takes its parts away, unless a column of theirs says them', async () => {
  const { run, seen, blank } = await desk()
  await run([header, blank], { mapping, blanks: 'clear' })
  expect(await seen()).toMatchObject({ fields: { more: [1] } })
  const name = { to: 'name', parts: true }
  for (const [columns, cells, wanted] of [
    ['email\tname', 'Ada King', ['Ada King', 'Ada', 'King']],
    ['email\tname', '', [null, null, null]],
    ['email\tname\tfirstName', '\tAda', ['Ada', 'Ada', null]],
    ['email\tfirstName\tname', 'Augusta\t', ['Augusta', 'Augusta', null]],
  ] as const) {
    const told = Object.fromEntries(columns.split('\t').map((column) => [column, column === 'name' ? name : column]))
    await run([columns, `ada@example.com\t${cells}`], { mapping: told, blanks: 'clear' })
    const lead = await seen()
    expect([lead.name, lead.firstName, lead.lastName]).toEqual(wanted)
  }
})

test('the key is never cleared, nor whatever is the last that says who somebody is', async () => {
  const { id, run, seen } = await desk()
  const ada = await seen()
  const { result: bob } = await createLead(nest, id, { phone: '+442079460124', name: 'Bob', fields: {} }, by)
  const byPhone = ['phone\tname', '+442079460123\t', '+442079460124\t']
  expect(await run(byPhone, { key: 'phone', blanks: 'clear' })).toMatchObject({ updated: 2, failed: 0 })
  expect(await seen()).toMatchObject({ phone: '+442079460123', name: 'Ada King' })
  const byId = ['id\tphone\tfirstName\tlastName', `${ada.id}\t\t\t`, `${bob.id}\t\t\t`]
  const options = { key: 'id' as const, blanks: 'clear' as const }
  for (const dryRun of [true, false])
    expect(await run(byId, { ...options, dryRun })).toMatchObject({
      updated: 1,
      errors: [{ row: 2, code: 'missing_key', detail: 'With these blanks nothing would say any more who this is.' }],
    })
  expect(await getLead(nest, id, bob.id)).toMatchObject({ phone: '+442079460124' })
})
