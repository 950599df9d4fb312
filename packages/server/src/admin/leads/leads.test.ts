import { createLead, createWorkspace, type LeadInput, listSegments, newId, tagLead } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, origin, signInOwner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
})
afterAll(() => admin.close())

const key = { actor: { type: 'key' as const, id: null, name: 'Shop' }, source: 'api' as const }
const add = (lead: Partial<LeadInput>, workspaceId = admin.nest.workspaceId) =>
  createLead(admin.nest, workspaceId, lead as LeadInput, key).then(({ result }) => result)
const page = async (path: string) => (await admin.get(path, session)).text()
const names = (html: string) => [...html.matchAll(/class="row-link"[^>]*>([^<]*)</g)].map(([, name]) => name)
const link = (html: string, rel: string) =>
  html.match(new RegExp(`href="([^"]*)" rel="${rel}"`))?.[1]?.replaceAll('&amp;', '&')

describe('the list', () => {
  test('before the first lead it shows how to get one', async () => {
    const html = await page('/admin/leads')
    expect(html).toContain('Waiting for your first lead')
    expect(html).toContain(`&lt;script src=&quot;${origin}/widget.js&quot; async&gt;&lt;/script&gt;`)
    expect(html).toContain('href="/demo"')
    expect(html).toMatch(/href="\/admin\/forms\/[^"]+#sites">list your site</)
  })

  test('is read page by page and back again, keeping the search', async () => {
    for (let i = 0; i < 120; i++) await add({ name: `Roof ${i}`, email: `roof${i}@example.com` })
    await add({ name: 'Somebody else', email: 'else@example.com' })

    const first = await page('/admin/leads?q=roof')
    expect(names(first)).toHaveLength(50)
    expect(names(first)[0]).toBe('Roof 119')
    expect(link(first, 'prev')).toBeUndefined()

    const second = await page(link(first, 'next')!)
    const third = await page(link(second, 'next')!)
    expect([names(second)[0], names(third)[0], names(third).length]).toEqual(['Roof 69', 'Roof 19', 20])
    expect(link(third, 'next')).toBeUndefined()

    expect(names(await page(link(third, 'prev')!))).toEqual(names(second))
    expect(link(second, 'prev')).toBe('/admin/leads?q=roof')
    expect(second).toContain('value="roof"')
  })

  test('says which column sorts it, and turns it', async () => {
    const html = await page('/admin/leads?sort=createdAt')
    expect(html).toMatch(/aria-sort="ascending"><a href="\/admin\/leads">Came in/)
    expect(names(html)[0]).toBe('Roof 0')
  })

  test('an outdated cursor leads to the first page of the same search', async () => {
    const answer = await admin.get('/admin/leads?q=roof&cursor=abc.def', session)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/admin/leads?q=roof'])
  })

  test.each(['%00', '%E0%A4%A', 'a'.repeat(5000), '%', '\u202e', "'; drop table leads; --"])(
    'a search for %j finds nothing and breaks nothing',
    async (q) => {
      const answer = await admin.get(
        `/admin/leads?q=${encodeURI(q).replaceAll('%25', '%')}&sort=drop&nonsense=1`,
        session,
      )
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('id="leads"')
    },
  )
})

describe('a lead', () => {
  test('shows what is known, where it came from and what happened', async () => {
    await admin.nest.field('budget')
    await admin.nest.field('newsletter', 'boolean')
    const lead = await add({
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      phone: '+49 30 1234',
      fields: { budget: '10 k', newsletter: true },
      attribution: {
        utmSource: 'google',
        referrer: 'https://search.example/?q=a&b',
        landingPage: 'javascript:alert(1)',
      },
    })
    const html = await page(`/admin/leads/${lead.id}`)
    expect(html).toContain('<dt>budget</dt><dd>10 k</dd>')
    expect(html).toContain('<dt>newsletter</dt><dd>Yes</dd>')
    expect(html).toContain('href="https://search.example/?q=a&amp;b" rel="noreferrer nofollow"')
    expect(html).toContain('<dd>javascript:alert(1)</dd>')
    expect(html).toContain('Added by Shop through the API')
    expect(html).toContain('href="mailto:ada@example.com"')
  })

  test('of another workspace answers as one that never was', async () => {
    const other = await createWorkspace(admin.nest, { name: 'Other' })
    const foreign = await add({ email: 'secret@example.com' }, other.id)
    const answers = await Promise.all(
      [foreign.id, newId(), 'no-id', '%00'].map(async (id) => {
        const answer = await admin.get(`/admin/leads/${id}`, session)
        const requestId = answer.headers.get('x-request-id') ?? ''
        return { status: answer.status, body: (await answer.text()).replaceAll(requestId, '') }
      }),
    )
    expect(answers[0]?.status).toBe(404)
    expect(answers[0]?.body).toContain('There is nothing here')
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })
})

describe('several workspaces', () => {
  test('the switcher opens a session in the other one, and refuses one that is not theirs', async () => {
    const { userId, ...elsewhere } = await memberOfTwo()
    const signedIn = cookieOf(
      await admin.post('/admin/sign-in', { email: 'two@nest.test', password: 'a phrase of two' }),
    )
    expect(userId).toBeTruthy()
    const before = await (await admin.get('/admin/leads', signedIn)).text()
    expect(before).toContain(`value="${elsewhere.mine}"`)

    expect((await admin.post('/admin/workspace', { workspaceId: elsewhere.foreign }, signedIn)).status).toBe(404)

    const switched = await admin.post('/admin/workspace', { workspaceId: elsewhere.mine }, signedIn)
    const after = await (await admin.get('/admin/leads', cookieOf(switched))).text()
    expect(after).toContain('<title>Leads · Bakery</title>')
    expect(after).toContain('Waiting for your first lead')
    expect(after, 'a slug would name the first workspace’s form').not.toContain('form=&quot;contact&quot;')
  })

  async function memberOfTwo() {
    const user = await admin.nest.user({ email: 'two@nest.test', password: 'a phrase of two', role: 'member' })
    const bakery = await createWorkspace(admin.nest, { name: 'Bakery', ownerId: user.id })
    const foreign = await createWorkspace(admin.nest, { name: 'Foreign' })
    return { userId: user.id, mine: bakery.id, foreign: foreign.id }
  }
})

describe('a filter', () => {
  beforeAll(async () => {
    const { id } = await add({ name: 'Tagged', email: 'tagged@example.com' })
    await tagLead(admin.nest, admin.nest.workspaceId, id, { add: ['a "b" \\'] }, key)
  })

  test('narrows the list, stays with search, order and pages, and is told', async () => {
    const html = await page('/admin/leads?filter=email+~+roof1&sort=createdAt')
    expect(names(html)[0]).toBe('Roof 1')
    expect(html).toContain('leads match the filter.')
    expect(html).toContain('<input type="hidden" name="filter" value="email ~ roof1"/>')
    expect(html).toContain('<input type="hidden" name="sort" value="createdAt" form="filter-form"/>')
    expect(html).toContain('<a href="/admin/leads?sort=createdAt">Clear the filter</a>')
    const both = await page('/admin/leads?q=roof&filter=email+%3D+roof7%40example.com')
    expect(names(both)).toEqual(['Roof 7'])
    expect(both).toContain('1 lead matches “roof” and the filter.')
    const second = await page(link(await page('/admin/leads?filter=email+~+roof'), 'next')!)
    expect(names(second)[0]).toBe('Roof 69')
    expect(await page('/admin/leads?filter=email+%3D+nobody')).toContain('No lead matches the filter.')
  })

  test.each([
    ['stage =', 'Position 8: Write a value here'],
    ['colour = red', 'Position 1: '],
    ['stage = new )', 'Position 13: '],
    [`email = ${'x'.repeat(4000)}`, 'At most 4000 characters.'],
  ])('“%s” is kept as it was typed, with what is wrong and where', async (filter, message) => {
    const answer = await admin.get(`/admin/leads?q=roof&filter=${encodeURIComponent(filter)}`, session)
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toMatch(/id="filter"[^>]*aria-invalid="true" aria-describedby="filter-error filter-hint"/)
    expect(html).toMatch(new RegExp(`id="filter-error" role="alert">${message}`))
    expect(html).toContain(`value="${filter.trim()}"`)
    expect(names(html)).toEqual([])
  })

  test('can be clicked, and clicked away', async () => {
    const html = await page('/admin/leads?q=tagged')
    const chip = /<a href="([^"]*)">a &quot;b&quot; \\<\/a>/.exec(html)![1]!.replaceAll('&amp;', '&')
    const filtered = await page(chip)
    expect(names(filtered)).toEqual(['Tagged'])
    expect(filtered).toContain('<a href="/admin/leads?q=tagged" aria-current="true">')
    for (const name of ['Mine', 'Nobody’s', 'Last 7 days', 'New']) {
      const href = new RegExp(`<a href="([^"]*)">${name}</a>`).exec(html)![1]!
      expect((await admin.get(href.replaceAll('&amp;', '&'), session)).status).toBe(200)
    }
  })
})

describe('a segment', () => {
  const segments = () => listSegments(admin.nest, admin.nest.workspaceId)

  test('is kept from the list, picked, and combined with a search', async () => {
    const html = await page('/admin/leads?q=roof&filter=email+~+roof1')
    expect(html).toContain('form="segment-form"')
    const sent = { name: 'Roofs', filter: 'email ~ roof1', q: 'roof' }
    const answer = await admin.post('/admin/leads/segments', sent, session)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/admin/leads/segments?saved=1'])
    const [segment] = await segments()
    expect(segment).toMatchObject(sent)
    const picked = await page(`/admin/leads?segment=${segment!.id}`)
    expect(picked).toContain('31 leads match the segment.')
    expect(picked).toContain('<a href="/admin/leads" aria-current="true">Roofs')
    expect(picked).not.toContain('segment-form"')
    expect(names(await page(`/admin/leads?segment=${segment!.id}&q=roof119`))).toEqual(['Roof 119'])
    expect(await page('/admin/leads/segments')).toContain('<small>31 leads</small>')
  })

  test('is renamed and deleted; what is wrong is told at its own form', async () => {
    const { id } = (await segments())[0]!
    const sent = (name: string, filter = 'email ~ roof1') => ({
      [`${id}-name`]: name,
      [`${id}-filter`]: filter,
      [`${id}-q`]: '',
    })
    await admin.post(`/admin/leads/segments/${id}`, sent('Tin roofs'), session)
    expect((await segments())[0]).toMatchObject({ name: 'Tin roofs', q: '' })
    const wrong = await admin.post(`/admin/leads/segments/${id}`, sent('Other', 'stage ='), session)
    const html = await wrong.text()
    expect(wrong.status).toBe(422)
    expect(html).toContain(`<a href="#${id}-filter">Position 8`)
    expect(html).toContain('value="Other"')
    const taken = await admin.post('/admin/leads/segments', { name: 'TIN ROOFS', filter: '', q: 'x' }, session)
    expect([taken.status, await taken.text()]).toEqual([409, expect.stringContaining('New segment')])
    await admin.post(`/admin/leads/segments/${id}/delete`, {}, session)
    expect(await segments()).toEqual([])
    const gone = await admin.get(`/admin/leads?segment=${id}&q=roof`, session)
    expect([gone.status, gone.headers.get('location')]).toEqual([303, '/admin/leads?q=roof'])
  })

  test('all leads are counted, and sorted by name and score', async () => {
    expect(await page('/admin/leads')).toMatch(/<p class="note">\d+ leads<\/p>/)
    const html = await page('/admin/leads?q=roof&sort=name')
    expect(names(html)[0]).toBe('Roof 0')
    expect(html).toContain('aria-sort="ascending"><a href="/admin/leads?q=roof&amp;sort=-name">Name')
    expect(html).toContain('href="/admin/leads?q=roof&amp;sort=-score">Score')
    expect(html).toMatch(/rel="next">Next/)
  })
})
