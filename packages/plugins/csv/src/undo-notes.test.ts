import { createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ plugins: [csv()] })
})
afterAll(() => server.close())

test('a lead whose imported note somebody has edited is left alone with it, until the note is deleted', async () => {
  const { id: workspaceId } = await createWorkspace(server.nest, { name: 'Notes' })
  const key = await server.nest.key({ workspaceId })
  const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
  const add = async (email: string) => (await ask('POST /v1/leads', { email, company: 'Before' })).json.id as string
  const [ada, ben] = [await add('ada@example.com'), await add('ben@example.com')]
  const { json } = await ask('POST /v1/imports', {
    text: 'email\tcompany\tnote\nada@example.com\tAfter\tCall her\nben@example.com\tAfter\tCall him\n',
  })
  expect(json).toMatchObject({ updated: 2, failed: 0 })
  const notes = async (id: string) =>
    (await ask(`GET /v1/leads/${id}/notes`)).json.data as { id: string; body: string }[]
  const company = async (id: string) => (await ask(`GET /v1/leads/${id}`)).json.company
  const undo = async () => {
    await ask(`POST /v1/imports/${json.id}/undo`)
    await server.nest.settle()
    return (await ask(`GET /v1/imports/${json.id}`)).json.undo
  }
  const [note] = await notes(ada)
  await ask(`PATCH /v1/notes/${note!.id}`, { body: 'She rang back: yes' })
  expect(await undo()).toMatchObject({ restored: 1, leftAlone: 1, leads: [ada] })
  expect([await company(ada), await company(ben)]).toEqual(['After', 'Before'])
  expect(await notes(ada)).toMatchObject([{ id: note!.id, body: 'She rang back: yes' }])
  expect(await notes(ben)).toEqual([])

  await ask(`DELETE /v1/notes/${note!.id}`)
  expect(await undo()).toMatchObject({ restored: 2, leftAlone: 0 })
  expect(await company(ada)).toBe('Before')
})
