import { createWorkspace } from '@leadnest/core'
import { expect, test } from 'vitest'
import { testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'
import { openWizard, shown, typedIn } from './pages/testing/open-wizard.ts'

const consent = { to: 'consent', channel: 'email', purpose: 'marketing', wording: 'Yes, write to me.' }
const mapping = {
  Budget: { to: 'fields.budget', create: { type: 'number' } },
  Size: 'fields.size',
  News: consent,
}
const rows = [
  ['email', 'phone', 'Budget', 'Size', 'tags', 'News'],
  ['ada@example.com', 'unknown', 'a lot', 'huge', `vip, ${'x'.repeat(60)}`, 'yes'],
  ['no address', '', '5', '', '', ''],
  ['ben@example.com', '', '5', 'big', '', 'perhaps'],
  ['cy@example.com', '+4930901820', '7', 'big', 'vip', ''],
]

test('where it is asked for, a row goes in without cells that cannot be read, but never without its key or a consent', async () => {
  const server = await testServer({ plugins: [csv()] })
  const { id } = await createWorkspace(server.nest, { name: 'Faulty' })
  const key = await server.nest.key({ workspaceId: id })
  const ask = async (route: string, body?: object) => await server.request(route, { key, ...(body && { body }) })
  await ask('POST /v1/fields', {
    key: 'size',
    label: 'Size',
    type: 'select',
    options: [{ value: 'big', label: 'Big' }],
  })

  const refused = await ask('POST /v1/imports', { rows, mapping, dryRun: true })
  expect(refused.json).toMatchObject({ total: 4, created: 1, failed: 3, warnings: 0 })
  const counts = { total: 4, created: 2, updated: 0, skipped: 0, failed: 2, warnings: 1 }
  const dry = await ask('POST /v1/imports', { rows, mapping, faulty: 'leave', dryRun: true })
  expect(dry.json).toMatchObject(counts)
  const preview = await ask('POST /v1/imports/preview', { rows, mapping, faulty: 'leave' })
  expect(preview.json.rows[0]).toMatchObject({ outcome: 'created', error: { column: 'phone', leftOut: true } })

  const { json } = await ask('POST /v1/imports', { rows, mapping, faulty: 'leave' })
  expect(json).toMatchObject(counts)
  expect(json.errors).toEqual(dry.json.errors)
  expect(json.errors).toMatchObject([
    { row: 2, column: 'email', code: 'invalid_email' },
    { row: 3, column: 'News', code: 'invalid_consent' },
    { row: 1, column: 'phone', code: 'invalid_phone', leftOut: true },
  ])
  expect(json.errors[2].detail).toMatch(/“Budget”: .*“Size”: .*“tags”: /)
  expect(json.errors[0].leftOut).toBeUndefined()

  const { data } = (await ask('GET /v1/leads')).json
  const ada = data.find(({ email }: { email: string }) => email === 'ada@example.com')
  expect(ada).toMatchObject({ phone: null, fields: {}, tags: [] })
  // Who imports what was refused, mended, brings nobody in twice.
  const { text } = await ask(`GET ${json.rejects}`)
  expect(
    text
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line: string) => line.split(',')[0]),
  ).toEqual(['no address', 'ben@example.com'])
  const again = await ask('POST /v1/imports', { rows, mapping, faulty: 'leave' })
  expect(again.json).toMatchObject({ ...counts, created: 0, skipped: 2, warnings: 0 })
  expect((await ask('POST /v1/imports', { rows, faulty: 'perhaps' })).json.errors).toMatchObject([{ path: 'faulty' }])
  await server.close()
})

test('rows that go in without a cell hide no refused ones, however many they are', async () => {
  const server = await testServer({ plugins: [csv()] })
  const key = await server.nest.key()
  const many = Array.from({ length: 120 }, (_, i) => [`p${i}@example.com`, 'unknown'])
  const { json } = await server.request('POST /v1/imports', {
    key,
    body: { rows: [['email', 'phone'], ...many, ['no address', '']], faulty: 'leave' },
  })
  expect([json.warnings, json.failed, json.errors.length]).toEqual([120, 1, 100])
  expect(json.errors.slice(0, 2)).toMatchObject([
    { row: 121, code: 'invalid_email' },
    { row: 1, leftOut: true },
  ])
  await server.close()
})

test('in the wizard it is a box to tick; the preview and the import say which cells were left out', async () => {
  const wizard = await openWizard()
  const { path, page } = await wizard.upload(Buffer.from('email,phone\nada@example.com,unknown\n'))
  expect(shown(page.text)).toContain('Refused')
  const told = await wizard.go(path, { ...typedIn(page.text), faulty: 'leave', do: 'look' })
  const ticked = await wizard.open(told.to.replace('#preview', ''))
  expect(ticked.text).toMatch(/name="faulty" checked/)
  expect(shown(ticked.text)).toMatch(/New without phone: Enter a phone number/)
  const begun = await wizard.go(`${path}/run`, {})
  const done = shown((await wizard.open(begun.to)).text)
  expect(done).toMatch(/could not be read: 1 row.*Row 1 line 2, phone: Enter a phone number/s)
  await wizard.admin.close()
})
