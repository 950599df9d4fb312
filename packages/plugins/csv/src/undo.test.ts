import { createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ plugins: [csv()] })
})
afterAll(() => server.close())

test('an import with consents is taken back: who it made goes with theirs, and what the known said stays in the ledger', async () => {
  const { id: workspaceId } = await createWorkspace(server.nest, { name: 'Undo' })
  const key = await server.nest.key({ workspaceId })
  const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
  const known = async (email: string) => (await ask('POST /v1/leads', { email, company: 'Before' })).json.id as string
  const [yes, no] = [await known('yes@example.com'), await known('no@example.com')]
  const news = { to: 'consent', channel: 'email', purpose: 'news', wording: 'Write to me.' }
  const { json } = await ask('POST /v1/imports', {
    text: 'email\tcompany\tNews\nyes@example.com\tAfter\tyes\nno@example.com\tAfter\tno\nnew@example.com\tNew\tyes\n',
    mapping: { News: news },
  })
  expect(json).toMatchObject({ created: 1, updated: 2, failed: 0 })
  const [made] = (await ask('GET /v1/leads?email=new@example.com')).json.data
  const consents = async (id: string) => (await ask(`GET /v1/leads/${id}/consents`)).json
  const said = async (id: string) => (await consents(id)).data.map(({ kind }: { kind: string }) => kind)
  expect([await said(yes), await said(no), await said(made.id)]).toEqual([['granted'], ['revoked'], ['granted']])

  await ask(`POST /v1/imports/${json.id}/undo`)
  await server.nest.settle()
  expect((await ask(`GET /v1/imports/${json.id}`)).json.undo).toMatchObject({ status: 'succeeded', restored: 3 })
  expect((await ask(`GET /v1/leads/${made.id}`)).json.code).toBe('not_found')
  expect((await ask('GET /v1/leads')).json.data.map(({ company }: { company: string }) => company)).toEqual([
    'Before',
    'Before',
  ])
  expect(await said(yes)).toEqual(['voided', 'granted'])
  expect(await said(no)).toEqual(['revoked'])
  // A no outlasts the undo: nobody is written to who said no.
  expect((await consents(no)).state).toMatchObject([{ channel: 'email', purpose: 'news', suppressed: true }])
  // Whoever comes again is somebody new, of whom nothing is known.
  const again = (await ask('POST /v1/leads', { email: 'new@example.com' })).json
  expect([again.id === made.id, await said(again.id)]).toEqual([false, []])
})

test('asked again it takes back what is again as the import left it', async () => {
  const { id: workspaceId } = await createWorkspace(server.nest, { name: 'Again' })
  const key = await server.nest.key({ workspaceId })
  const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
  const lead = (await ask('POST /v1/leads', { email: 'ada@example.com', company: 'Before' })).json
  const { json } = await ask('POST /v1/imports', { text: 'email\tcompany\nada@example.com\tAfter\n' })
  const undo = async () => {
    expect((await ask(`POST /v1/imports/${json.id}/undo`)).status).toBe(202)
    await server.nest.settle()
    return (await ask(`GET /v1/imports/${json.id}`)).json
  }
  await ask(`PATCH /v1/leads/${lead.id}`, { company: 'By hand' })
  expect(await undo()).toMatchObject({
    undoUntil: json.undoUntil,
    undo: { restored: 0, leftAlone: 1, leads: [lead.id] },
  })
  await ask(`PATCH /v1/leads/${lead.id}`, { company: 'After' })
  expect(await undo()).toMatchObject({ undoUntil: null, undo: { restored: 1, leftAlone: 0, leads: [] } })
  expect((await ask(`GET /v1/leads/${lead.id}`)).json.company).toBe('Before')
})
