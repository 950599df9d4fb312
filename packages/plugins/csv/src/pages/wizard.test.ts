import { createLead, deleteLead, sql } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf, origin } from '../../../../server/src/admin/testing/open-admin.ts'
import { payloads } from '../../../../server/src/admin/testing/payloads.ts'
import { at, openWizard, typedIn, type Wizard } from './testing/open-wizard.ts'

const by = { actor: { type: 'system' as const, id: null, name: 'Test' }, source: 'api' as const }
let admin: Wizard['admin']
let session: Wizard['session']
let open: Wizard['open']
let upload: Wizard['upload']
let go: Wizard['go']
beforeAll(async () => {
  ;({ admin, session, open, upload, go } = await openWizard())
})
afterAll(() => admin.close())

test('without script: a file comes, is looked at, changed, tried, imported, and taken back', async () => {
  await createLead(admin.nest, admin.nest.workspaceId, { email: 'ada@example.com', company: 'Before', fields: {} }, by)
  const { path, page } = await upload(
    'Mail;Wer;Firma;Schuhe\nada@example.com;Ada Lovelace;After;38,5\nno;X;Y;1\nnew@example.com;Bob;Z;44\n',
  )
  expect(page.text).toContain('<h1>people.csv</h1>')
  expect(page.text).toContain('Found: semicolon')
  const typed = typedIn(page.text)
  expect(typed).toMatchObject({
    to0: 'email',
    to1: '',
    to2: 'company',
    to3: '',
    mode: 'upsert',
    key: 'email',
  })
  expect(page.text).toMatch(/<b>Changed<\/b> \(<a href="\/admin\/leads\/[\w-]+">known lead<\/a>\)/)
  expect(page.text).toContain('<bdi>Company</bdi>: <bdi>Before</bdi> → <bdi>After</bdi>')
  expect(page.text).toContain('Enter an e-mail address')

  const chosen = { ...typed, to1: 'name:parts', to3: '+', decimal3: ',', do: 'dry' }
  const dry = await go(path, chosen)
  expect([dry.status, dry.to]).toEqual([303, expect.stringMatching(/\/imports\/[\w-]+$/)])
  const tried = (await open(dry.to)).text
  expect(tried).toContain('people.csv (dry run)')
  expect(tried).toMatch(/<dt>New<\/dt><dd class="figures">1<\/dd>/)
  const key = await admin.nest.key()
  expect((await admin.request('GET /v1/leads', { key })).json.data).toHaveLength(1)

  const real = await go(`${path}/run`, {})
  const done = (await open(real.to)).text
  expect(done).toMatch(/<dt>Changed<\/dt><dd class="figures">1<\/dd>/)
  const { data } = (await admin.request('GET /v1/leads?sort=createdAt', { key })).json
  expect(data).toMatchObject([
    { company: 'After', firstName: 'Ada', lastName: 'Lovelace', fields: { schuhe: 38.5 } },
    { company: 'Z', firstName: 'Bob', fields: { schuhe: 44 } },
  ])
  const rejects = await open(`${real.to}/rejects`)
  expect(rejects.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''rejects-of-/)
  expect(rejects.text).toContain('no;X;Y;1;2;3;Mail;invalid_email')

  expect(done).toContain(`href="${real.to}/undo">Take it back`)
  expect(done).not.toContain(`action="${real.to}/undo"`)
  const asked = (await open(`${real.to}/undo`)).text
  expect(asked).toMatch(/It added 1 lead and changed 1 lead\..*action="[^"]+\/undo".*Take 2 leads back/s)
  await go(`${real.to}/undo`, {})
  expect((await open(`${real.to}/undo`)).text).toContain('There is nothing to take back')
  await admin.nest.settle()
  expect((await open(real.to)).text).toContain('Taken back')
  expect((await admin.request('GET /v1/leads', { key })).json.data).toMatchObject([
    { company: 'Before', firstName: null },
  ])
  expect((await open(at)).text).toContain('people.csv')
})

test('a header with a line end, and a thousand columns, are imported like others', async () => {
  const first = await upload('"E-mail\naddress","Wer\r\nist das"\nline@example.com,ACME\n')
  const done = await go(first.path, { ...typedIn(first.page.text), to0: 'email', to1: 'company', do: 'run' })
  expect((await open(done.to)).text).toMatch(/<dt>New<\/dt><dd class="figures">1<\/dd>/)

  const names = Array.from({ length: 999 }, (_, i) => `Column of a very wide file: number ${i}`)
  const wide = await upload(`email,${names.join(',')}\nwide@example.com${',x'.repeat(999)}\n`)
  const typed = { ...typedIn(wide.page.text), do: 'run' }
  expect(new URLSearchParams(typed).toString().length).toBeGreaterThan(64 * 1024)
  expect((await open((await go(wide.path, typed)).to)).text).toMatch(/<dt>New<\/dt><dd class="figures">1<\/dd>/)
  const tooMuch = await go(wide.path, { ...typed, wording0: 'x'.repeat(2 * 1024 * 1024) })
  expect([tooMuch.status, tooMuch.text]).toEqual([413, expect.stringContaining('larger than 2048 KiB')])
})

test('a consent is for a channel that reaches people, or that a form asks for', async () => {
  const key = await admin.nest.key()
  const offered = (text: string) =>
    [.../<select [^>]*name="channel1".*?<\/select>/s.exec(text)![0].matchAll(/value="([^"]+)"/g)].map(
      ([, name]) => name,
    )
  const { path, page } = await upload('E-Mail,Yes\npost@example.com,yes\n')
  expect(offered(page.text)).toEqual(['email', 'sms', 'phone', 'voice', 'whatsapp', 'rcs'])

  const { id } = (await admin.request('GET /v1/forms/contact', { key })).json
  const box = { channel: 'post', purpose: 'catalogue', text: 'Send me the catalogue.', required: false }
  await admin.request(`PATCH /v1/forms/${id}`, { key, body: { consents: [box] } })
  expect(offered((await open(path)).text)).toContain('post')
  const consent = { to1: 'consent', channel1: 'post', purpose1: 'catalogue', wording1: 'Send me the catalogue.' }
  const done = await go(path, { ...typedIn(page.text), ...consent, do: 'run' })
  expect((await open(done.to)).text).toMatch(/<dt>New<\/dt><dd class="figures">1<\/dd>/)
  const [lead] = (await admin.request('GET /v1/leads?email=post@example.com', { key })).json.data
  expect((await admin.request(`GET /v1/leads/${lead.id}/consents`, { key })).json.data).toMatchObject([
    { kind: 'granted', channel: 'post', purpose: 'catalogue' },
  ])
})

test('an opt-out is of its channel, as it is suggested and as somebody chooses', async () => {
  const { path, page } = await upload('E-Mail,Do Not Call,Out\nout@example.com,yes,yes\n')
  const typed = typedIn(page.text)
  expect([typed.to1, typed.to2]).toEqual(['optOut:phone', ''])
  const done = await go(path, { ...typed, to2: 'optOut:sms', do: 'run' })
  expect((await open(done.to)).text).toMatch(/<dt>New<\/dt><dd class="figures">1<\/dd>/)
  const key = await admin.nest.key()
  const [lead] = (await admin.request('GET /v1/leads?email=out@example.com', { key })).json.data
  const { state } = (await admin.request(`GET /v1/leads/${lead.id}/consents`, { key })).json
  expect(state).toMatchObject([
    { channel: 'phone', suppressed: true },
    { channel: 'sms', suppressed: true },
  ])
})

test('what is refused is said where it was typed, and a mapping is saved for the next file', async () => {
  const { path, page } = await upload('', '', 'Kontakt\tZahl\nada@example.com\t7\n')
  const typed = typedIn(page.text)
  const wrong = await go(path, { ...typed, to1: 'consent', do: 'run' })
  // By the column's name and at each control that is missing, and what was typed stands there.
  expect([wrong.status, wrong.text]).toEqual([
    422,
    expect.stringMatching(/href="#channel1"[^>]*>“Zahl”: Choose by which/),
  ])
  for (const control of ['channel1', 'purpose1', 'wording1'])
    expect(wrong.text).toMatch(
      new RegExp(
        `id="${control}"[^>]*aria-describedby="${control}-error[^>]*aria-invalid="true".*id="${control}-error">“Zahl”`,
        's',
      ),
    )
  expect(typedIn(wrong.text)).toMatchObject({ to0: 'email', to1: 'consent' })
  const consent = { to1: 'consent', channel1: 'email', purpose1: 'newsletter', wording1: 'Write to me.' }
  const right = await go(path, { ...typed, ...consent, do: 'look' })
  expect(typedIn((await open(right.to.replace('#preview', ''))).text)).toMatchObject(consent)
  // Said of another place, it is nothing.
  await go(path, { ...typed, ...consent, to1: 'company', do: 'look' })
  expect(typedIn((await open(path)).text)).toMatchObject({ to1: 'company', purpose1: '' })
  expect(wrong.text).not.toContain('id="preview"')
  const saved = await go(path, { ...typed, to1: 'company', do: 'save' })
  expect((await open(saved.to)).text).toContain('Saved as “pasted”, for files')
  const next = await upload('', '', 'zahl\tkontakt\n8\tbob@example.com\n')
  expect(typedIn(next.page.text)).toMatchObject({ to0: 'company', to1: 'email' })
  const [, id] = /mappings\/([\w-]+)\/forget/.exec((await open(at)).text)!
  await go(`${at}/mappings/${id}/forget`, {})
  expect((await open(at)).text).not.toContain('Saved mappings')
})

test('a row says when it brings back a lead that is deleted', async () => {
  const { result } = await createLead(admin.nest, admin.nest.workspaceId, { email: 'gone@example.com', fields: {} }, by)
  await deleteLead(admin.nest, admin.nest.workspaceId, result.id, by)
  const { path, page } = await upload('Email\ngone@example.com\n')
  expect(page.text).toContain(`<b>Deleted, brought back</b> (<a href="/admin/leads/${result.id}">known lead</a>)`)
  await go(path, { ...typedIn(page.text), mode: 'skip', do: 'look' })
  expect((await open(path)).text).toContain('Stays as it is')
})

test('who chooses nothing is told so at the file', async () => {
  const { status, page } = await upload('')
  expect([status, page.text]).toEqual([
    422,
    expect.stringMatching(
      /id="file"[^>]*aria-describedby="file-hint file-error" aria-invalid="true".*id="file-error">Choose a file/s,
    ),
  ])
})

test('what cannot be imported says so as an error, with the way out, and offers no import', async () => {
  const png = await upload(
    new Uint8Array(Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xd8,;\n', 'latin1')),
    'picture.csv',
  )
  expect(png.page.text).toMatch(/<div class="errors" role="alert">.*This is a PNG picture.*Save as/s)
  for (const words of ['It looks like', 'big5', 'value="run"', 'value="dry"', 'value="look"'])
    expect(png.page.text).not.toContain(words)
  expect(png.page.text).toContain(`<a class="button" href="${at}">Choose another file</a>`)

  const html = await upload('<!doctype html><title>Log in</title>\n', 'people.csv')
  expect(html.page.text).toMatch(/<div class="errors" role="alert">.*This is a web page.*Save as/s)
  for (const words of ['Send a column to', 'href="#key"', 'big5', 'value="run"', 'value="look"'])
    expect(html.page.text).not.toContain(words)

  const wide = await upload(new Uint8Array(Buffer.from('email,name\nwide@example.com,Zo\xeb\n', 'utf16le')), 'wide.csv')
  expect(typedIn(wide.page.text).encoding).toBe('utf-16le')
  expect(wide.page.text).toContain('value="run"')

  const header = await upload('email,name\n')
  expect(header.page.text).toContain('there is nothing to import')
  expect(header.page.text).not.toContain('value="run"')
})

test('rows that nothing is known by are refused with why, at the file, at the key and in each row, until another key is chosen', async () => {
  const { path, page } = await upload('Firma,Kundennummer\nEngines,7\nMills,8\n')
  expect(page.text).toMatch(/<div class="errors" role="alert">.*href="#key".*look again/s)
  expect(page.text).toMatch(/id="key-error">No column is sent to “E-mail”/)
  expect(page.text.match(/<b>Refused<\/b> <small>No column is sent to “E-mail”/g)).toHaveLength(2)
  expect(page.text).not.toContain('value="run"')
  const typed = { ...typedIn(page.text), to1: 'externalId', do: 'run' }
  // Not even where somebody sends it.
  expect((await go(path, typed)).to).toBe(path)
  const begun = await go(path, { ...typed, key: 'externalId' })
  expect((await open(begun.to)).text).toMatch(/<dt>New<\/dt><dd class="figures">2<\/dd>/)
})

test('the country of phone numbers without one is chosen at their column', async () => {
  const { path, page } = await upload('Mail,Telefon,Firma\nphone@example.com,030 901820,Engines\n')
  const typed = typedIn(page.text)
  expect(typed).toMatchObject({ to1: 'phone', country1: '' })
  expect(page.text).toMatch(
    /id="country1" name="country1".*<option value="DE" >Germany<\/option>.*Unless the workspace has a country/s,
  )
  expect(page.text).not.toContain('name="country2"')
  await go(path, { ...typed, country1: 'DE', do: 'run' })
  const { json } = await admin.request('GET /v1/leads?q=phone@example.com', { key: await admin.nest.key() })
  expect(json.data).toMatchObject([{ phone: '+4930901820' }])
})

test('a new field is suggested as what its cells are, with how they are written; a text is a text though they look like days', async () => {
  const { path, page } = await upload(
    'Email;Seit;Umsatz;Aktiv;Web;Mobil\nkind@example.com;31.12.2025;1.234,50;ja;https://example.com;030 901820\n',
  )
  const typed = typedIn(page.text)
  expect(typed).toMatchObject({ type1: 'date', date1: 'dmy', type2: 'number', decimal2: ',', type3: 'boolean' })
  expect(typed).toMatchObject({ type4: 'url', type5: 'phone', country5: '' })
  const made = { to1: '+', to2: '+', to3: '+', to4: '+', to5: 'company', do: 'run' }
  const done = await go(path, { ...typed, ...made })
  expect((await open(done.to)).text).toMatch(/<dt>New<\/dt><dd class="figures">1<\/dd>/)
  const key = await admin.nest.key()
  const found = async (email: string) => (await admin.request(`GET /v1/leads?email=${email}`, { key })).json.data[0]
  const fields = { seit: '2025-12-31', umsatz: 1234.5, aktiv: true, web: 'https://example.com' }
  expect(await found('kind@example.com')).toMatchObject({ company: '030 901820', fields })

  // By now there are such fields, and their columns are read as they are written.
  const again = await upload('Email;Umsatz;Seit\nagain@example.com;38,5;01/31/2026\n')
  expect(typedIn(again.page.text)).toMatchObject({ to1: 'fields.umsatz', decimal1: ',', date2: 'mdy' })
  await go(again.path, { ...typedIn(again.page.text), do: 'run' })
  expect((await found('again@example.com')).fields).toMatchObject({ umsatz: 38.5, seit: '2026-01-31' })

  const text = await upload('Email,Code\ntext@example.com,31.12.2025\n')
  await go(text.path, { ...typedIn(text.page.text), to1: '+', type1: 'text', do: 'run' })
  expect((await found('text@example.com')).fields.code).toBe('31.12.2025')
})

test('stages and owners that are none here are left out, with why, until somebody sends them', async () => {
  const why = ['you have no stages of these names', 'no member has these addresses']
  const { path, page } = await upload('Email,Stage,Owner\na@example.com,Negotiation,Bob\n')
  expect(typedIn(page.text)).toMatchObject({ to0: 'email', to1: '', to2: '' })
  for (const words of why) expect(page.text).toContain(words)
  expect(page.text).toContain('<b>New</b>')
  await go(path, { ...typedIn(page.text), to1: 'stage', do: 'look' })
  const looked = (await open(path)).text
  expect(typedIn(looked)).toMatchObject({ to1: 'stage', to2: '' })
  for (const words of why) expect(looked).not.toContain(words)
  expect(looked).toContain('There is no stage “Negotiation”.')
})

test('a file of another encoding is guessed, and shown in it', async () => {
  const { page } = await upload(
    new Uint8Array(
      Buffer.from('email,first_name\na@example.test,Zo\xeb Andr\xe9\nb@example.test,Fran\xe7ois\n', 'latin1'),
    ),
  )
  expect(page.text).toContain('It looks like <b>windows-1252</b>')
  expect(page.text).toContain('Zoë André')
  expect(typedIn(page.text).encoding).toBe('windows-1252')
})

test.each(payloads)('%j is text in a name, a header and a cell', async (payload) => {
  const cell = `"${payload.replaceAll('"', '""')}"`
  const { page, path } = await upload(`email,${cell}\n${cell},${cell}\n`, payload.replace(/[\r\n"\\/]/g, '') || 'x')
  const shown =
    page.text +
    (await open((await go(path, { ...typedIn(page.text), to1: 'company', do: 'run' })).to)).text +
    (await open(at)).text
  expect(shown).not.toMatch(
    /<(script(?! src="\/admin)|img|svg (?!class="icon")|iframe|base|math|object|marquee|video)/i,
  )
})

test('leads are exported from the page, once and by the clock', async () => {
  const page = await open(`${at}/exports`)
  expect(page.text).toContain('value="email" checked')
  expect(page.text).toMatch(
    /<details ><summary>More columns.*value="gclid" >.*value="lastUtmSource" >.*value="timeline" >/s,
  )
  expect(page.text).toMatch(/<legend>Columns<\/legend>.*<div class="choices">.*Spreadsheets show every cell as text/s)
  const made = await go(`${at}/exports`, { column: 'email', style: 'excel', filter: 'email = ada@example.com' })
  const done = (await open(made.to)).text
  expect(done).toContain('Done: 1 lead.')
  expect(done).toContain('Of <bdi>email = ada@example.com</bdi>')
  const [, file] = /href="([^"]+\/file)"/.exec(done)!
  const answer = await admin.get(file!, session)
  expect(Buffer.from(await answer.arrayBuffer()).toString()).toBe('\uFEFF"email"\r\n"ada@example.com"\r\n')
  for (const when of ['', 'week']) {
    const none = await go(`${at}/exports`, { when })
    expect([none.status, none.text]).toEqual([
      422,
      expect.stringMatching(/href="#columns">.*<legend>Columns<\/legend>.*<p class="field-error">Name a column/s),
    ])
    const wrong = await go(`${at}/exports`, { when, filter: 'colour = red', column: 'email' })
    expect([wrong.status, wrong.text]).toEqual([
      422,
      expect.stringMatching(
        /value="colour = red"[^>]*aria-invalid="true".*id="filter-error">Position 1: There is no field/s,
      ),
    ])
  }
  const cron = await go(`${at}/exports`, { column: 'email', when: 'cron', cron: 'sometimes', name: 'Whenever' })
  expect([cron.status, cron.text]).toEqual([422, expect.stringMatching(/id="cron-error">.*five places/is)])
  expect(typedIn(cron.text)).toMatchObject({ when: 'cron', cron: 'sometimes', name: 'Whenever' })
  for (const [typed, words] of [
    [
      { when: 'day', hour: '0', name: 'Mornings' },
      '<b><bdi>Mornings</bdi></b> <small class="muted">Every day at 0:00 (UTC); next <time',
    ],
    [{ when: 'month', day: '22', hour: '17' }, 'On the 22nd of each month at 17:00 (UTC)'],
    [{ when: 'cron', cron: '30 7 * * 1-5' }, '30 7 * * 1-5 (UTC)'],
  ] as const) {
    await go(`${at}/exports`, { column: 'email', ...typed })
    const page = (await open(`${at}/exports`)).text
    expect(page).toContain(words)
    await go(`${at}/schedules/${/schedules\/([\w-]+)\/delete/.exec(page)![1]}/delete`, {})
  }
  await go(`${at}/exports`, { column: 'email', when: 'week', weekday: '5', hour: '6' })
  expect((await open(`${at}/exports`)).text).toContain('Every Friday at 6:00 (UTC)')
  const [, id] = /schedules\/([\w-]+)\/delete/.exec((await open(`${at}/exports`)).text)!
  await go(`${at}/schedules/${id}/delete`, {})
  expect((await open(`${at}/exports`)).text).not.toContain('Scheduled exports')
})

test('exports that failed say why, in the list and at their schedule, which tells what comes next', async () => {
  const { nest } = admin
  await go(`${at}/exports`, { column: 'email' })
  await go(`${at}/exports`, { column: 'email', when: 'week', filter: 'stage = new' })
  const planned = (await open(`${at}/exports`)).text
  expect(planned).toMatch(
    /Scheduled exports.*<bdi>stage = new<\/bdi>.*Not made yet\..*aria-label="Remove stage = new">Remove/s,
  )
  await nest.inWorkspace(nest.workspaceId, async (tx) => {
    const [job] = await tx.query<{ id: string }>(sql`
      update jobs set status = 'failed', checkpoint = null, error = '{"code": "unknown_reference", "detail": "There is no such segment."}'
      where workspace_id = ${nest.workspaceId} and id = (select max(id::text)::uuid from jobs where workspace_id = ${nest.workspaceId} and kind = 'export')
      returning id`)
    await tx.query(sql`
      update export_schedules set last_job_id = ${job!.id}, next_at = ${new Date(nest.now().getTime() + 30_000)}
      where workspace_id = ${nest.workspaceId}`)
  })
  const page = (await open(`${at}/exports`)).text
  expect(page).toContain('Of <bdi>all leads (scheduled: stage = new)</bdi>')
  expect(page).toMatch(
    />None<\/span><small class="muted">Of .*?<\/small><\/td><td><span class="field-error">Failed: There is no such segment\./,
  )
  expect(page).not.toContain('gone')
  expect(page).toMatch(/next within a minute.*Last <time.*Failed: There is no such segment\./s)
})

test('who is no admin sees none of it', async () => {
  const user = { email: 'member@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...user, role: 'member' })
  const member = cookieOf(await admin.post('/admin/sign-in', user))
  expect((await admin.get(at, member)).status).toBe(403)
  expect(await (await admin.get('/admin/leads', member)).text()).not.toContain(at)
  const form = new FormData()
  form.set('file', new File(['email\nx@example.com'], 'a.csv'))
  const sent = await admin.app.request(`${origin}${at}/upload`, {
    method: 'POST',
    body: form,
    headers: { origin, ...member },
  })
  expect(sent.status).toBe(403)
  const { path } = await upload('email\nx@example.com')
  const begun = await admin.post(`${path}/run`, {}, session)
  const job = `/admin/jobs/${begun.headers.get('location')!.split('/').at(-1)}`
  expect(await (await admin.get(job, member)).text()).not.toContain(`${job}/undo`)
  expect((await admin.post(`${job}/undo`, {}, member)).status).toBe(403)
  expect((await admin.post(`${job}/undo`, {}, session)).status).toBe(303)
})
