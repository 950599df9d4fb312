import { createLead, sql, updateLead } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, openWizard, shown, typedIn, type Wizard } from './testing/open-wizard.ts'

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
  expect((await open(to)).text).toContain(`href="${to}/undo">Try the 1 left alone again<`)
  expect((await open(`${to}/undo`)).text).toContain('>Try the 1 left alone again</button>')
})

test('the leads that are shown are those that the import added and changed, until they are taken back', async () => {
  const { admin, open, upload, go } = wizard
  for (const email of ['known@example.com', 'same@example.com', 'other@example.com'])
    await createLead(admin.nest, admin.nest.workspaceId, { email, company: 'Same', fields: {} }, by)
  const { path, page } = await upload(
    'email,company\nadded@example.com,New\nknown@example.com,New\nsame@example.com,Same\n',
  )
  const { to } = await go(path, { ...typedIn(page.text), do: 'run' })
  const [, theirs] = /href="([^"]+)">Show the leads/.exec((await open(to)).text)!
  const listed = async () => [...new Set((await open(theirs!)).text.match(/\w+(?=@example\.com)/g))].toSorted()
  expect(await listed()).toEqual(['added', 'known'])

  const key = await admin.nest.key()
  const [, id] = /imports\/(.+)/.exec(to)!
  const asked = async (filter: string) => {
    const { json } = await admin.request(`GET /v1/leads?filter=${encodeURIComponent(filter)}&count=true`, { key })
    return json.errors ?? [json.data.map((lead: { email: string }) => lead.email).toSorted(), json.count]
  }
  const all = ['added@example.com', 'known@example.com']
  expect(await asked(`import in (${id}) and company = new`)).toEqual([all, { value: 2, exact: true }])
  expect(await asked(`import != ${id} and company = same`)).toEqual([
    ['other@example.com', 'same@example.com'],
    { value: 2, exact: true },
  ])
  for (const [filter, why] of [
    ['import = people', '10: “people” is no id.'],
    ['import is empty', '1: import takes =, != and in.'],
    [`import = ${id} and not import = ${id}`, '55: No lead can have this import and what is asked of it before.'],
  ] as const)
    expect(await asked(filter)).toEqual([{ path: 'filter', message: `Position ${why}` }])

  await go(`${to}/undo`, {})
  await admin.nest.settle()
  expect((await open(to)).text).not.toContain('Show the leads')
  expect(await listed()).toEqual([])
})

test('what was refused is shown with the cell that was at fault, cut where it is long, or with all of its row', async () => {
  const { open, upload, go } = wizard
  const long = `<b>&"'${'x'.repeat(80)}`
  const { path, page } = await upload(`company,email\n"a","${long.replace('"', '""')}"\nb,\nc,c@example.com,too much\n`)
  const { text } = await open((await go(path, { ...typedIn(page.text), do: 'run' })).to)
  const cells = [...text.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) => shown(row!.split('</td>')[1] ?? '').trim())
  expect(cells.slice(1)).toEqual([`email ${long.slice(0, 80)}…`, 'email (nothing)', 'c · c@example.com · too much'])
  expect(text).toContain('choose there what “They are known by”.')
  expect(text).not.toContain('<b>&')
})

test('who comes back to a file that was imported is led to its import, with a word; without it, to all of them', async () => {
  const { open, upload, go } = wizard
  const { path, page } = await upload('email\nback@example.com\n')
  const typed = { ...typedIn(page.text), do: 'run' }
  const { to } = await go(path, typed)
  const led = await open(path)
  expect([led.status, led.headers.get('location')]).toEqual([303, expect.stringMatching(`^${to}\\?notice=`)])
  expect((await open(led.headers.get('location')!)).text).toContain('That file was imported: this is what came of it.')
  expect((await go(path, typed)).to).toMatch(`${to}?notice=`)
  const { nest } = wizard.admin
  await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query(sql`delete from plugin_csv_drafts where workspace_id = ${nest.workspaceId}`),
  )
  const back = await open(path)
  expect([back.status, back.headers.get('location')]).toEqual([
    303,
    expect.stringMatching(/^\/admin\/plugins\/csv\?notice=/),
  ])
  expect((await open(back.headers.get('location')!)).text).toContain('That file is not here any more: it was imported')
  expect((await go(path, typed)).to).toMatch(/^\/admin\/plugins\/csv\?notice=/)
})

test('a lead tells by which import it came and was changed, the lists who did it, and the jobs which file', async () => {
  const { admin, open, upload, go } = wizard
  const key = await admin.nest.key()
  const run = async (name: string, company: string) => {
    const { path, page } = await upload(`email,company\ntold@example.com,${company}\n`, name)
    const { to } = await go(path, { ...typedIn(page.text), do: 'run' })
    return to.split('/').at(-1)!
  }
  const first = await run('<first>.csv', 'One')
  const second = await run('second.csv', 'Two')
  const { json } = await admin.request('GET /v1/leads?email=told@example.com', { key })
  const timeline = async () => {
    const { text } = await open(`/admin/leads/${json.data[0].id}`)
    return [...text.matchAll(/<div><p>((?:Added|Updated) .*?)<\/p>/g)].map(([, line]) => line)
  }
  expect(await timeline()).toEqual([
    `Updated by owner@nest.test by an import: <a href="/admin/jobs/${second}">second.csv</a>`,
    `Added by owner@nest.test by an import: <a href="/admin/jobs/${first}">&lt;first&gt;.csv</a>`,
  ])
  expect((await open(at)).text).toMatch(/second\.csv.*<br><small class="muted">by <bdi>owner@nest.test<\/bdi>/s)
  expect((await open(`${at}/imports/${second}`)).text).toMatch(
    /<dt>Begun<\/dt><dd><time.*<\/time> by <bdi>owner@nest.test<\/bdi>/,
  )
  await go(`${at}/imports/${second}/undo`, {})
  await admin.nest.settle()
  const jobs = (await open('/admin/jobs')).text
  expect(jobs).toMatch(/Take an import back: <bdi>second\.csv<\/bdi>.*Import leads: <bdi>second\.csv<\/bdi>/s)
  expect((await open(`/admin/jobs/${first}`)).text).toContain('<bdi>&lt;first&gt;.csv</bdi>')
  expect((await admin.request(`GET /v1/imports/${first}`, { key })).json.actor).toMatchObject({
    name: 'owner@nest.test',
  })
  await admin.nest.inWorkspace(admin.nest.workspaceId, (tx) =>
    tx.query(sql`delete from jobs where workspace_id = ${admin.nest.workspaceId} and id = ${first}`),
  )
  expect((await timeline()).at(-1)).toBe('Added by owner@nest.test by an import')
})

test('to cancel an import is asked for once more, with what becomes of it', async () => {
  const { admin, open, upload, go } = wizard
  const rows = Array.from({ length: 1200 }, (_, i) => `cancelled${i}@example.com`)
  const { path, page } = await upload(`email\n${rows.join('\n')}\n`, 'many.csv')
  const { to } = await go(path, { ...typedIn(page.text), do: 'run' })
  expect((await open(to)).text).toContain(`href="${to}/cancel">Cancel</a>`)
  const asked = (await open(`${to}/cancel`)).text
  expect(asked).toMatch(/<h1>Cancel many\.csv\?<\/h1>.*What it did stays, and can be taken back/s)
  expect(asked).toMatch(new RegExp(`<form method="post" action="${to}/cancel".*href="${to}">Let it go on`, 's'))
  expect((await go(`${to}/cancel`, {})).to).toBe(to)
  await admin.nest.settle()
  expect((await open(to)).text).toContain('<b>Cancelled</b>')
})
