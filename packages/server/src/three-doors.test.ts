import { listLeads, listSubmissions } from '@leadnest/core'
import { createLeadNest } from '@leadnest/sdk'
import { expect, test } from 'vitest'
import { origin, testServer } from './testing.ts'

test('50 equal posts at once, through three doors, are one lead and 50 submissions', async () => {
  let time = Date.parse('2026-11-24T09:00:00Z')
  const server = await testServer({ now: () => new Date(time) })
  const leadnest = createLeadNest({ url: await server.listen(), key: await server.nest.key() })
  const fields = { name: 'Ada', email: 'ada@example.com', message: 'Hello' }

  const tokens = await Promise.all(
    Array.from(
      { length: 34 },
      async () => (await server.request('GET /v1/forms/contact')).headers.get('leadnest-form-token')!,
    ),
  )
  time += 5000
  const widget = (token: string) =>
    server.request('POST /v1/forms/contact/submissions', { headers: { origin }, body: { fields, token } })
  const page = (token: string) =>
    server.app.request(`${origin}/f/contact`, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams({ ...fields, _token: token }),
    })
  const [widgets, pages, servers] = await Promise.all([
    Promise.all(tokens.slice(0, 17).map(widget)),
    Promise.all(tokens.slice(17).map(page)),
    Promise.all(Array.from({ length: 16 }, () => leadnest.forms.submit('contact', { fields }))),
  ])
  expect(new Set(widgets.map(({ json }) => json.status))).toEqual(new Set(['accepted']))
  expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([303]))
  expect(new Set(servers.map(({ status }) => status))).toEqual(new Set(['accepted']))

  const { data: leads } = await listLeads(server.nest, server.nest.workspaceId, { limit: 50, sort: '-createdAt' })
  expect(leads.map(({ email }) => email)).toEqual(['ada@example.com'])
  const { data } = await listSubmissions(server.nest, server.nest.workspaceId, { leadId: leads[0]!.id, limit: 200 })
  expect(data).toHaveLength(50)
  const timeline = await leadnest.leads.timeline(leads[0]!.id, { limit: 200 })
  expect(timeline.data.filter(({ type }) => type === 'lead.captured')).toHaveLength(50)
  expect(timeline.data.filter(({ data }) => data.created === true)).toHaveLength(1)
  await server.close()
})
