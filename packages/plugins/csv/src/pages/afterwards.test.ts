import { updateLead } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, openWizard, typedIn, type Wizard } from './testing/open-wizard.ts'

const by = { actor: { type: 'system' as const, id: null, name: 'Test' }, source: 'api' as const }
let wizard: Wizard
beforeAll(async () => {
  wizard = await openWizard()
})
afterAll(() => wizard.admin.close())

test('what an undo left alone is counted in the list, and named on the page of the import', async () => {
  const { admin, open, upload, go } = wizard
  const { path, page } = await upload('email\nedited@example.com\n')
  const { to } = await go(path, { ...typedIn(page.text), do: 'run' })
  const { json } = await admin.request('GET /v1/leads?email=edited@example.com', { key: await admin.nest.key() })
  const { id } = json.data[0]
  await updateLead(admin.nest, admin.nest.workspaceId, id, { company: 'Since' }, by)
  await go(`${to}/undo`, {})
  await admin.nest.settle()
  expect((await open(at)).text).toMatch(/Done, nothing taken back<br><small class="muted">0 taken back, 1 left alone</)
  expect((await open(to)).text).toMatch(
    new RegExp(`0 leads\\. Left alone.*: 1\\..*<a href="/admin/leads/${id}"><bdi>edited@example.com</bdi></a>`, 's'),
  )
})

test('who comes back to a file that was imported is led to the imports, with a word', async () => {
  const { open, upload, go } = wizard
  const { path, page } = await upload('email\nback@example.com\n')
  const typed = { ...typedIn(page.text), do: 'run' }
  await go(path, typed)
  const back = await open(path)
  expect([back.status, back.headers.get('location')]).toEqual([
    303,
    expect.stringMatching(/^\/admin\/plugins\/csv\?notice=/),
  ])
  expect((await open(back.headers.get('location')!)).text).toContain('That file is not here any more: it was imported')
  expect((await go(path, typed)).to).toMatch(/^\/admin\/plugins\/csv\?notice=/)
})
