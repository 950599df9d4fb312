import {
  createLead,
  createPipeline,
  createWorkspace,
  deletePipeline,
  getLead,
  type Lead,
  type LeadInput,
  listNotes,
  listPipelines,
  listTags,
  newId,
} from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, origin, signInOwner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
let lead: Lead
let count = 0

const key = { actor: { type: 'key' as const, id: null, name: 'Shop' }, source: 'api' as const }
const add = async (input: Partial<LeadInput>, workspaceId = admin.nest.workspaceId) =>
  (await createLead(admin.nest, workspaceId, input as LeadInput, key)).result
const known = () => getLead(admin.nest, admin.nest.workspaceId, lead.id)
const notes = async (id = lead.id) => (await listNotes(admin.nest, admin.nest.workspaceId, id)).data
const page = async (path = '', as = session) => (await admin.get(`/admin/leads/${lead.id}${path}`, as)).text()
const send = (path: string, fields: Record<string, string>, as = session) =>
  admin.post(`/admin/leads/${lead.id}${path}`, fields, as)
const main = (html: string) => html.slice(html.indexOf('<main'), html.indexOf('</main>'))
const member = async (name: string, role: 'member' | 'viewer') => {
  const user = { email: `${name}@nest.test`, password: 'a long phrase of theirs' }
  return { ...(await admin.nest.user({ ...user, role })), ...cookieOf(await admin.post('/admin/sign-in', user)) }
}

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
})
afterAll(() => admin.close())
beforeEach(async () => {
  lead = await add({ email: `ada${count++}@example.com`, firstName: 'Ada', lastName: 'Lovelace', company: 'ACME' })
})

/** The edit form as a browser sends it untouched, and what somebody changed in it. */
const filled = (changed: Record<string, string> = {}) => ({
  name: lead.name ?? '',
  firstName: lead.firstName ?? '',
  lastName: lead.lastName ?? '',
  email: lead.email ?? '',
  phone: '',
  company: lead.company ?? '',
  stage: lead.stage,
  lostReason: '',
  ownerId: '',
  ...changed,
})

describe('an edit', () => {
  test('is saved, names its owner and stage, and the timeline tells what it changed', async () => {
    const { id } = await member('bob', 'member')
    const answer = await send('', filled({ stage: 'contacted', ownerId: id, phone: ' +49301234 ', company: '' }))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/admin/leads/${lead.id}`])
    expect(await known()).toMatchObject({ stage: 'contacted', ownerId: id, phone: '+49301234', company: null })

    const html = await page()
    expect(html).toContain('<span class="stage open">Contacted</span>')
    expect(html).toContain('<dt>Owner</dt><dd>bob@nest.test</dd>')
    for (const line of [
      'Stage: New → Contacted',
      'Owner: — → bob@nest.test',
      'Company: ACME → —',
      'Phone: — → +49301234',
    ])
      expect(html).toContain(`<li>${line}</li>`)

    const list = await (await admin.get(`/admin/leads?q=${lead.email}`, session)).text()
    expect(list).toContain('Contacted</span>')
    expect(list).toContain('bob@nest.test')
  })

  test('that changes nothing writes nothing, and leaves a name that is made of its parts so', async () => {
    await send('', filled())
    expect(await page()).not.toContain('Updated by')
    await send('', filled({ firstName: 'Augusta' }))
    expect((await known()).name).toBe('Augusta Lovelace')
    await send('', {})
    expect((await known()).name).toBe('Augusta Lovelace')
  })

  test('takes an address that a field of the type email would not', async () => {
    await send('', filled({ email: 'müller@exämple.com' }))
    expect((await known()).email).toBe('müller@xn--exmple-cua.com')
  })

  test.each([
    ['email', 'nonsense', 'Enter an e-mail address'],
    ['company', 'x'.repeat(201), 'At most 200 characters.'],
    ['stage', 'nowhere', 'There is no such stage.'],
    ['stage', '', 'There is no such stage.'],
    ['ownerId', newId(), 'There is no such member.'],
    ['ownerId', 'nobody', ''],
  ])('with %s = %s is refused at its field, and keeps what was typed', async (field, value, message) => {
    const answer = await send('', filled({ lastName: 'Byron', [field]: value }))
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toMatch(new RegExp(`<a href="#${field}">${message}`))
    expect(html).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`))
    expect(html).toMatch(/<details class="edit" open=""[^>]*><summary class="button">/)
    expect(html).toMatch(/id="lastName"[^>]*value="Byron"/)
    expect(html).toContain(field === 'stage' || field === 'ownerId' ? `value="${value}" selected=""` : value)
    expect(await known()).toEqual(lead)
  })

  test("to another lead's address says so at the field", async () => {
    await add({ email: 'taken@example.com' })
    const answer = await send('', filled({ email: 'Taken@example.com' }))
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain('<a href="#email">This belongs to another lead.</a>')
    expect(html).toMatch(/id="email"[^>]*value="Taken@example.com"[^>]*aria-describedby="email-error"/)
    expect(await known()).toEqual(lead)
  })

  test('keeps a reason with a lost stage only', async () => {
    await send('', filled({ lostReason: 'Too dear' }))
    expect(await known()).toMatchObject({ stage: 'new', lostReason: null })
    await send('', filled({ stage: 'lost', lostReason: 'Too dear' }))
    expect(await known()).toMatchObject({ stage: 'lost', lostReason: 'Too dear' })
    expect(await page()).toContain('<dt>Lost because</dt><dd>Too dear</dd>')
    await send('', filled({ stage: 'new', lostReason: 'Too dear' }))
    expect(await known()).toMatchObject({ stage: 'new', lostReason: null })
  })

  test('offers the stages of each pipeline, and tells those of one name apart', async () => {
    const stages = [{ key: 'p_new', name: 'New', kind: 'open' as const, rottenAfterDays: null }]
    const { id } = await createPipeline(admin.nest, admin.nest.workspaceId, { name: 'Partners', stages }, key)
    await send('', filled({ stage: 'p_new' }))
    const html = await page()
    expect(html).toContain('<optgroup label="Partners"><option value="p_new" class="open" selected="">New</option>')
    expect(html).toContain('Stage: Sales: New → Partners: New')
    await send('', filled({ stage: 'new' }))
    await deletePipeline(admin.nest, admin.nest.workspaceId, id, key)
    expect(await page(), 'a stage that is gone goes by its key').toContain('Stage: p_new → New')
    expect(await listPipelines(admin.nest, admin.nest.workspaceId)).toHaveLength(1)
  })

  test('of long texts is told in short', async () => {
    await send('', filled({ company: '𝒜'.repeat(100) }))
    expect(await page()).toContain(`<li>Company: ACME → ${'𝒜'.repeat(79)}…</li>`)
  })
})

describe('tags', () => {
  test('are added by typing, offered to others, and removed by their button', async () => {
    expect((await send('/tags', { add: ' VIP ' })).headers.get('location')).toBe(`/admin/leads/${lead.id}#tags`)
    await send('/tags', { add: 'hot' })
    expect((await known()).tags).toEqual(['VIP', 'hot'])
    await send('/tags', { remove: 'hot' })
    expect((await known()).tags).toEqual(['VIP'])
    const html = await page()
    expect(html).toContain('name="remove" value="VIP" aria-label="Remove the tag VIP"')
    expect(html).toContain('<datalist id="known-tags"><option value="hot">')
    expect(html).toContain('<li>Removed: hot</li>')
  })

  test.each(['', '  ', 'a,b', 'x'.repeat(51)])('%j is refused with what was typed', async (name) => {
    const answer = await send('/tags', { add: name })
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain('<a href="#tag">')
    expect(html).toMatch(new RegExp(`id="tag"[^>]*value="${name}"`))
    expect((await known()).tags).toEqual([])
  })
})

describe('notes', () => {
  test('are written, shown where they happened with their lines, edited and deleted', async () => {
    await send('/notes', { body: ' **Call** on\r\n\r\nMonday ' })
    await send('/notes', { body: 'Later' })
    const [later, first] = await notes()
    expect(first?.body).toBe('**Call** on\n\nMonday')
    const html = await page()
    expect(html).toContain('<p class="note-body">**Call** on\n\nMonday</p>')
    expect(html.indexOf('<p class="note-body">Later')).toBeLessThan(html.indexOf('<p class="note-body">**Call**'))

    expect((await send(`/notes/${first?.id}`, { body: 'Call on\r\nTuesday' })).headers.get('location')).toBe(
      `/admin/leads/${lead.id}#timeline`,
    )
    expect(await page()).toContain('<p class="note-body">Call on\nTuesday</p>')
    await send(`/notes/${later?.id}/delete`, {})
    expect((await notes()).map(({ id }) => id)).toEqual([first?.id])
    expect(await page()).toContain('It was deleted since.')
  })

  test('that are empty or too long are refused with what was typed', async () => {
    await send('/notes', { body: 'Mine' })
    const [note] = await notes()
    for (const path of ['/notes', `/notes/${note?.id}`]) {
      const id = path === '/notes' ? 'new-note' : `note-${note?.id}`
      expect(await (await send(path, { body: ' \r\n ' })).text()).toContain(`<a href="#${id}">Write something.</a>`)
      const answer = await send(path, { body: `${'y'.repeat(20_000)}!` })
      const html = await answer.text()
      expect(answer.status).toBe(422)
      expect(html).toContain(`<a href="#${id}">At most 20,000 characters.</a>`)
      expect(html).toContain('y!</textarea>')
    }
    expect((await notes()).map(({ body }) => body)).toEqual(['Mine'])
  })

  test('of 20,000 letters of any script fit, as the form sends them', async () => {
    expect(await page()).toContain('enctype="multipart/form-data"')
    const body = new FormData()
    body.set('body', '中'.repeat(20_000))
    const headers = { origin, ...session }
    const path = `${origin}/admin/leads/${lead.id}/notes`
    expect((await admin.app.request(path, { method: 'POST', body, headers })).status).toBe(303)
    expect((await notes())[0]?.body).toHaveLength(20_000)
  })

  test('on an earlier page of the timeline are found, edited and refused there', async () => {
    for (let i = 0; i < 55; i++) await send('/notes', { body: `Note number ${i}.` })
    const cursor = (await page()).match(/\?cursor=([^"#]+)#timeline/)?.[1]
    const earlier = await page(`?cursor=${cursor}`)
    expect(earlier).toContain('Note number 2.')
    const action = earlier.match(/action="([^"]*)"[^>]*class="note-form">(?:(?!<form).)*Note number 2\./s)?.[1]
    expect(action).toContain(`?cursor=${cursor}`)
    const refused = await (await admin.post(action!, { body: ' ' }, session)).text()
    expect(refused).toContain('Write something.')
    expect((await admin.post(action!, { body: 'Changed' }, session)).headers.get('location')).toBe(
      `/admin/leads/${lead.id}?cursor=${cursor}#timeline`,
    )
  })

  test('of another lead are not reached through this one', async () => {
    const other = await add({ email: `other${count}@example.com` })
    await admin.post(`/admin/leads/${other.id}/notes`, { body: 'Theirs' }, session)
    const [note] = await notes(other.id)
    for (const path of [`/notes/${note?.id}`, `/notes/${note?.id}/delete`, '/notes/x', `/notes/${newId()}/delete`])
      expect((await send(path, { body: 'Mine' })).status).toBe(404)
    expect(await notes(other.id)).toEqual([note])
  })
})

test('a lead is deleted after one more question, and the list says for how long it is kept', async () => {
  expect(await page()).toContain(`href="/admin/leads/${lead.id}/delete"`)
  const question = await page('/delete')
  expect(question).toContain('<h1>Delete Ada Lovelace?</h1>')
  expect(question).toContain('kept for 30 days')
  expect((await known()).id).toBe(lead.id)

  const answer = await send('/delete', {})
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/admin/leads?deleted=1'])
  expect(await (await admin.get('/admin/leads?deleted=1', session)).text()).toContain('The lead is deleted.')
  for (const path of ['', '/delete'])
    expect((await admin.get(`/admin/leads/${lead.id}${path}`, session)).status).toBe(404)
  expect((await send('/delete', {})).status).toBe(404)
})

/** Every form of the page, for the lead as it is now. */
const everyForm = (noteId: string): [path: string, fields: Record<string, string>][] => [
  ['', filled({ company: 'Changed' })],
  ['/tags', { add: 'changed' }],
  ['/tags', { remove: 'kept' }],
  ['/notes', { body: 'Changed' }],
  [`/notes/${noteId}`, { body: 'Changed' }],
  [`/notes/${noteId}/delete`, {}],
  ['/delete', {}],
]

test('a viewer sees everything and no form, and may send none', async () => {
  await send('/notes', { body: 'Read me' })
  await send('/tags', { add: 'kept' })
  const { cookie } = await member('viewer', 'viewer')
  const html = main(await page('', { cookie }))
  expect(html).toContain('Read me')
  expect(html).toContain('<li>kept</li>')
  expect(html).not.toMatch(/<form|<button|<textarea|\/delete"/)

  const before = [await known(), await notes()]
  for (const [path, fields] of everyForm((await notes())[0]!.id)) {
    const answer = await send(path, fields, { cookie })
    expect([path, answer.status]).toEqual([path, 403])
    expect(await answer.text()).toContain('<h1>You may not do this</h1>')
  }
  expect((await admin.get(`/admin/leads/${lead.id}/delete`, { cookie })).status).toBe(403)
  expect([await known(), await notes()]).toEqual(before)
})

test('a lead of another workspace answers as one that never was, and nothing of it changes', async () => {
  const { id: theirs } = await createWorkspace(admin.nest, { name: 'Elsewhere' })
  const own = lead
  await send('/notes', { body: 'Ours' })
  const ownNote = (await notes())[0]!
  lead = await add({ email: 'theirs@example.com', name: 'Theirs' }, theirs)
  const without = async (answer: Response) =>
    (await answer.text()).replaceAll(answer.headers.get('x-request-id') ?? '', '')
  for (const [path, fields] of everyForm(ownNote.id)) {
    const [foreign, unknown] = [
      await send(path, fields),
      await admin.post(`/admin/leads/${newId()}${path}`, fields, session),
    ]
    expect([path, foreign.status, unknown.status]).toEqual([path, 404, 404])
    expect(await without(foreign)).toBe(await without(unknown))
  }
  expect((await admin.get(`/admin/leads/${lead.id}/delete`, session)).status).toBe(404)
  expect(await getLead(admin.nest, theirs, lead.id)).toEqual(lead)
  expect(await listTags(admin.nest, theirs)).toEqual([])
  lead = own
  expect((await notes()).map(({ body }) => body)).toEqual(['Ours'])
})
