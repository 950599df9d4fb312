import { createWorkspace } from '@leadnest/core'
import { definePlugin, html, LeadNestError, sql } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, origin, signInOwner } from '../testing/open-admin.ts'
import { payloads } from '../testing/payloads.ts'

const Shop = v.object({
  name: v.pipe(v.string('Give it a name.'), v.maxLength(10, 'Too long.'), v.title('Name')),
  limit: v.pipe(v.number('Give a number.'), v.title('Limit')),
  open: v.optional(v.boolean(), false),
  tags: v.optional(v.array(v.pipe(v.string(), v.maxLength(3, 'A tag is short.'))), []),
  note: v.nullable(v.string()),
})
const kept: unknown[] = []
const workspaces: string[] = []

const shops = definePlugin({
  id: 'shops',
  name: 'Shops',
  capabilities: ['leads:write', 'leads:read'],
  pages: {
    'GET /': {
      title: 'Our shops',
      menu: true,
      icon: 'tag',
      scope: 'leads:read',
      draw: ({ query, at, principal, live, time, controls }, { workspaceId }) => {
        workspaces.push(workspaceId)
        return html`<p>${query.q ?? 'nothing'} by ${principal.user?.email}</p><a href="${query.to ?? at}">x</a>
          ${live('list', html`<p>${time('2026-11-01T00:00:00Z')}</p>`)}
          <form method="post" action="${at}/shops">${controls(Shop, { limit: 3 })}<button>Save</button></form>`
      },
    },
    'POST /shops': {
      scope: 'leads:write',
      async run({ read, by }, { leads }) {
        kept.push(read(Shop), by)
        const lead = await leads.create({ email: 'shop@example.com' })
        return { to: `/shops/${lead.id}`, notice: 'Kept <b>.' }
      },
    },
    'GET /shops/new': { title: 'New', draw: () => ({ title: 'A <new> shop', body: html`<p>new</p>` }) },
    'GET /shops/:id': {
      title: 'Shop',
      draw: ({ params, typed, issues }) =>
        html`<p>${params.id}: ${typed.name}, ${issues.map(({ message }) => message)}</p>`,
    },
    'POST /shops/:shop/close': {
      run({ typed }) {
        if (typed.name !== 'yes') throw new LeadNestError('name_taken', 'Say yes.')
        return { to: '/admin/../../evil' }
      },
    },
    'GET /file': {
      title: 'File',
      draw: () => ({ file: 'a "b".html', type: 'text/html', content: '<script>pwn()</script>' }),
    },
    'GET /fails': {
      title: 'Fails',
      draw() {
        throw new Error('a secret of the inside')
      },
    },
    'GET /gone': {
      title: 'Gone',
      draw() {
        throw new LeadNestError('not_found', 'There is no such shop.')
      },
    },
    'POST /refresh': {
      async run(_call, { refresh }) {
        await refresh()
        return { to: '/' }
      },
    },
  },
})
const quiet = definePlugin({
  id: 'quiet',
  name: 'Quiet',
  settings: v.object({ token: v.string() }),
  pages: { 'GET /': { title: 'Quiet page', menu: true, draw: () => html`<p>quiet</p>` } },
})

const at = '/admin/plugins/shops'
let admin: Admin
let session: { cookie: string }
let viewer: { cookie: string }

beforeAll(async () => {
  admin = await openAdmin({ plugins: [shops, quiet] })
  session = await signInOwner(admin)
  const theirs = { email: 'viewer@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...theirs, role: 'viewer' })
  viewer = cookieOf(await admin.post('/admin/sign-in', theirs))
})
afterAll(() => admin.close())

const open = async (path: string, as = session) => {
  const answer = await admin.get(path, as)
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}
const good = { name: 'Corner', limit: '7', open: 'on', tags: 'a\r\nb', note: '' }

test('a page stands in the navigation, in the frame of ours, and knows who asks', async () => {
  const { status, headers, text } = await open(`${at}?q=%3Cb%3E`)
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(text).toContain('<h1>Our shops</h1>')
  expect(text).toMatch(/#tag"[^<]*><\/use><\/svg> Our shops|#tag"\/?>(<\/use>)?<\/svg> Our shops/)
  expect(text).toContain('&lt;b&gt; by owner@nest.test')
  expect(text).toContain(`<a href="${at}" aria-current="page">`)
  expect(text).toContain('<time datetime="2026-11-01T00:00:00.000Z"')
  expect(text).toContain(`hx-get="${at}?q=%3Cb%3E" hx-trigger="plugin from:#live, every 60s"`)
  expect(workspaces.at(-1)).toBe(admin.nest.workspaceId)
  // One that needs settings is not there yet.
  expect((await open('/admin/leads')).text).toContain(`href="${at}"`)
  expect((await open('/admin/leads')).text).not.toContain('Quiet page')
  expect((await open(`${at}/shops/new`)).text).toContain('<h1>A &lt;new&gt; shop</h1>')
  expect((await open(`${at}/shops/7%2F8`)).text).toContain('7/8: ')
})

test('a form is read as the schema says, in the name of whoever sent it; the next page says so once, to them alone', async () => {
  const sent = await admin.post(`${at}/shops`, good, session)
  const to = sent.headers.get('location')!
  expect([sent.status, to]).toEqual([303, expect.stringMatching(/^\/admin\/plugins\/shops\/shops\/[\w-]+\?notice=/)])
  expect(kept[0]).toEqual({ name: 'Corner', limit: 7, open: true, tags: ['a', 'b'], note: null })
  expect(kept[1]).toMatchObject({ actor: { type: 'user', name: 'owner@nest.test' }, source: 'admin' })
  const shown = await open(to)
  expect(shown.text).toContain('Kept &lt;b&gt;.')
  expect(shown.text).not.toMatch(/hx-get="[^"]*notice/)
  expect((await open(to, viewer)).text).not.toContain('Kept')
  const [lead] = (await admin.request('GET /v1/leads?email=shop@example.com', { key: await admin.nest.key() })).json
    .data
  const [event] = (await admin.request(`GET /v1/leads/${lead.id}/timeline`, { key: await admin.nest.key() })).json.data
  expect(event.actor.type).toBe('user')
})

test('what is refused is shown on the page it came from, with what was typed', async () => {
  const typed = { ...good, name: 'A "name" <b> too long', limit: 'many', tags: 'ok\nmuch too long' }
  const answer = await admin.post(`${at}/shops?q=kept`, typed, session)
  const text = await answer.text()
  expect(answer.status).toBe(422)
  expect(text).toContain('<title>Error: Our shops')
  for (const seen of [
    '<a href="#name">Too long.</a>',
    '<a href="#tags">A tag is short.</a>',
    'value="A &quot;name&quot; &lt;b&gt; too long"',
    'value="many"',
    'Give a number.',
    'ok\nmuch too long',
    'kept by owner',
  ])
    expect(text).toContain(seen)

  const conflict = await admin.post(`${at}/shops/7/close`, { name: 'no <i>' }, session)
  const page = await conflict.text()
  expect(conflict.status).toBe(409)
  expect(page).toContain('7: no &lt;i&gt;, Say yes.')
  const broken = await admin.post(`${at}/shops`, { ...good, name: 'a\u0000b' }, session)
  expect([broken.status, await broken.text()]).toEqual([422, expect.stringContaining('Some of this is no text.')])
})

test('it leads nowhere outside of the admin', async () => {
  const answer = await admin.post(`${at}/shops/7/close`, { name: 'yes' }, session)
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/admin'])
})

test('a file is kept, never opened', async () => {
  const { status, headers, text } = await open(`${at}/file`)
  expect([status, text]).toEqual([200, '<script>pwn()</script>'])
  expect(headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''a%20%22b%22.html")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test('who may not, who is not signed in, and other sites are refused', async () => {
  expect((await open(at, viewer)).status).toBe(200)
  const count = kept.length
  expect((await admin.post(`${at}/shops`, good, viewer)).status).toBe(403)
  expect((await admin.post(`${at}/shops/7/close`, { name: 'yes' }, viewer)).status).toBe(403)
  expect((await admin.post(`${at}/shops`, good, { ...session, origin: 'https://evil.example' })).status).toBe(403)
  const stranger = await admin.get(at)
  expect([stranger.status, stranger.headers.get('location')]).toEqual([303, expect.stringContaining('/admin/sign-in')])
  expect((await admin.post(`${at}/shops`, good)).status).toBe(303)
  expect(kept).toHaveLength(count)
  const large = await admin.post(`${at}/shops`, { ...good, note: 'x'.repeat(65 * 1024) }, session)
  expect(large.status).toBe(413)
})

test('a page that throws says so with the request, is counted, and takes nothing else along', async () => {
  const { status, headers, text } = await open(`${at}/fails`)
  expect(status).toBe(500)
  expect(text).toContain('The plugin Shops could not draw this page.')
  expect(text).toContain(`<code>${headers.get('x-request-id')}</code>`)
  expect(text).not.toContain('secret')
  const settings = '/admin/settings/plugins/shops'
  expect((await open(settings)).text).toContain('Last failure: a secret of the inside')
  expect((await open(`${at}/gone`)).status).toBe(404)
  for (let i = 0; i < 5; i++) await open(`${at}/fails`)
  expect((await open(settings)).text).toContain('Rests after')
  expect((await open(at)).status).toBe(200)
  expect((await open(settings)).text).toContain('Rests after')
  await admin.post(`${settings}/turn`, { enabled: 'true' }, session)
})

test('an admin sees what it adds before it is on', async () => {
  const page = (await open('/admin/settings/plugins/shops')).text
  expect(page).toContain('<dt>Pages</dt><dd><code>GET /</code>, <code>POST /shops</code>')
  expect(page).toContain(`<a href="${at}">Our shops</a>`)
  const { json } = await admin.request('GET /v1/plugins/shops', { key: await admin.nest.key() })
  expect(Object.keys(json.adds)).toEqual(['pages'])
  expect(json.adds.pages).toContain('GET /shops/:id')
})

test('where it is off nothing of it is there, also not in another workspace', async () => {
  await admin.post('/admin/settings/plugins/shops/turn', { enabled: 'false' }, session)
  expect((await open('/admin/leads')).text).not.toContain(`href="${at}"`)
  const off = await open(at)
  expect([off.status, off.text]).toEqual([409, expect.stringContaining('The plugin Shops is off in this workspace')])
  await admin.post('/admin/settings/plugins/shops/turn', { enabled: 'true' }, session)
  expect((await open(`${at}/nothing`)).status).toBe(404)

  const other = await createWorkspace(admin.nest, { name: 'Other' })
  const theirs = { email: 'other@nest.test', password: 'a long phrase of others' }
  await admin.nest.user({ ...theirs, role: 'owner', workspaceId: other.id })
  await open(at, cookieOf(await admin.post('/admin/sign-in', theirs)))
  expect(workspaces.at(-1)).toBe(other.id)
})

test('a plugin tells its open pages to look again', async () => {
  const told = new Promise<string>((resolve) => {
    const end = admin.feed.subscribe(admin.nest.workspaceId, ({ type }) => {
      if (type !== 'plugin') return
      end()
      resolve(type)
    })
  })
  await admin.post(`${at}/refresh`, {}, session)
  expect(await told).toBe('plugin')
})

test.each(payloads)('%j stays text on the page of a plugin', async (payload) => {
  const written = encodeURIComponent(payload)
  const { text } = await open(`${at}?q=${written}&to=${written}`)
  expect(text).not.toMatch(
    /<(script(?! src="\/admin)|img|svg (?!class="icon")|iframe|base|math|object|marquee|video|b\b)/i,
  )
  expect(text).toContain('<a href="#">x</a>')
})

test('plugins whose pages cannot be told apart, or are none, are refused', async () => {
  const draw = () => html``
  const page = { title: 'A', draw }
  const two = definePlugin({ id: 'two', name: 'Two', pages: { 'GET /a/:one': page, 'GET /a/:two': page } })
  await expect(openAdmin({ plugins: [two] })).rejects.toThrow(
    'The plugin two has two pages at one path: GET /a/:one and GET /a/:two.',
  )
  const bad = (pages: object) => () => definePlugin({ id: 'bad', name: 'Bad', pages: pages as never })
  expect(bad({ 'GET a': page })).toThrow('must look like “GET /deliveries/:id”')
  expect(bad({ 'GET /a': { draw } })).toThrow('needs a title, and draw')
  expect(bad({ 'POST /a': page })).toThrow('needs run')
  expect(bad({ 'GET /:a': { ...page, menu: true } })).toThrow('cannot stand in the menu')
})

test('the navigation goes on where the state of a plugin cannot be read', async () => {
  await admin.nest.inWorkspace(admin.nest.workspaceId, (tx) =>
    tx.query(sql`
      insert into plugin_states (workspace_id, plugin_id, secrets, updated_at)
      select ${admin.nest.workspaceId}, id, 'gone', now() from unnest(${admin.nest.plugins.map(({ id }) => id)}::text[]) as id
      on conflict (workspace_id, plugin_id) do update set secrets = excluded.secrets`),
  )
  admin.nest.recent.forget()
  const { status, text } = await open('/admin/leads')
  expect([status, text.includes('Our shops')]).toEqual([200, false])
  const page = await admin.app.request(`${origin}${at}`, { headers: session })
  expect(page.status).toBe(409)
  expect(await page.text()).toContain('or fill in the secrets again')
})
