import { createCore, keepPluginSecrets } from '@leadnest/core'
import { sql } from '@leadnest/core/plugin'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { powersOf } from '../../../core/src/plugins/powers.ts'
import { reseal } from './endpoints/reseal.ts'
import { webhooks } from './index.ts'
import { type OpenWebhooks, openWebhooks } from './testing/open.ts'
import { verify } from './testing/receiver.ts'

let hooks: OpenWebhooks
beforeAll(async () => {
  hooks = await openWebhooks()
})
afterAll(() => hooks.close())

const everything = sql`
  select (select coalesce(json_agg(m), '[]') from plugin_webhooks_messages m)::text
    || (select coalesce(json_agg(d), '[]') from plugin_webhooks_deliveries d)::text
    || (select coalesce(json_agg(t), '[]') from plugin_webhooks_tries t)::text as text`

test('who is erased leaves nothing in the log, and is told to nobody any more', async () => {
  const receiver = await hooks.receiver({ status: 500, body: 'Not now.' })
  const { id } = await hooks.endpoint(receiver)
  const { json: ada } = await hooks.ask('POST /v1/leads', { email: 'ada@example.com', name: 'Ada Lovelace' })
  await hooks.ask(`POST /v1/leads/${ada.id}/notes`, { body: 'Ada likes engines.' })
  await hooks.ask('POST /v1/leads', { email: 'ben@example.com' })
  await hooks.nest.settle()
  const [before] = await hooks.inside<{ text: string }>(everything)
  expect(before!.text).toContain('ada@example.com')
  const delivery = (await hooks.deliveries(id)).find(({ leadId }: { leadId: string }) => leadId === ada.id)

  expect((await hooks.ask(`POST /v1/leads/${ada.id}/erase`, {})).status).toBe(200)
  receiver.received.length = 0
  receiver.answer(200)
  await hooks.nest.clock.advance({ hours: 1 })
  const sent = receiver.received.map(({ body }) => body).join('\n')
  expect(sent).toContain('ben@example.com')
  expect(sent).toContain('lead.erased')
  expect(sent).not.toMatch(/ada@example|Lovelace|engines/i)
  const [after] = await hooks.inside<{ text: string }>(everything)
  expect(after!.text).not.toMatch(/ada@example|Lovelace|engines/i)
  expect((await hooks.ask(`GET /v1/webhook-deliveries/${delivery.id}`)).json.code).toBe('not_found')

  receiver.received.length = 0
  const range = {
    from: new Date(hooks.nest.now().getTime() - 86_400_000).toISOString(),
    to: hooks.nest.now().toISOString(),
  }
  await hooks.ask(`POST /v1/webhook-endpoints/${id}/replay`, range)
  await hooks.nest.settle()
  expect(receiver.types()).toContain('lead.created')
  expect(receiver.received.map(({ body }) => body).join()).not.toMatch(/ada@example|Lovelace|engines/i)
  await hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
})

test('a key that sealed the secrets can leave the list once they were sealed by the newest', async () => {
  const receiver = await hooks.receiver()
  const { id, secret } = await hooks.endpoint(receiver, { types: ['lead.created'], headers: { 'x-key': 'hush' } })
  const [newKey, oldKey] = ['a newer secret of tests, 32 characters long', 'a secret of tests, 32 characters long']
  const plugin = webhooks()
  const rotating = createCore({
    databaseUrl: hooks.nest.databaseUrl,
    secretKeys: [newKey!, oldKey!],
    plugins: [plugin],
  })
  const context = (core: typeof rotating) => powersOf(core, hooks.nest.workspaceId, plugin, {})
  await keepPluginSecrets(rotating, hooks.nest.workspaceId)
  await reseal(context(rotating))
  const [row] = await hooks.inside<{ secret: string; headers: string }>(
    sql`select secret, headers from plugin_webhooks_endpoints where id = ${id}`,
  )
  const newest = createCore({ databaseUrl: hooks.nest.databaseUrl, secretKeys: [newKey!], plugins: [plugin] })
  expect(context(newest).secrets.open(row!.secret)).toBe(secret)
  expect(context(newest).secrets.open(row!.headers)).toBe('{"x-key":"hush"}')

  // Whose key is gone is told so in the log, and tried again; nothing unsigned leaves.
  await hooks.ask('POST /v1/leads', { email: 'later@example.com' })
  await hooks.nest.settle()
  expect(receiver.received).toEqual([])
  const [delivery] = await hooks.deliveries(id)
  expect(delivery).toMatchObject({ status: 'pending', lastError: expect.stringContaining('LEADNEST_SECRET_KEY') })
  expect((await hooks.ask('GET /v1/plugins/webhooks')).json.failures).toBe(0)
  const rotated = await hooks.ask(`POST /v1/webhook-endpoints/${id}/rotate-secret`)
  await hooks.ask(`PATCH /v1/webhook-endpoints/${id}`, { headers: { 'x-key': null } })
  expect(rotated.status).toBe(200)
  await Promise.all([rotating.close(), newest.close()])
})

test('what happens in one transaction is told by one job, each of it as a message of its own', async () => {
  const receiver = await hooks.receiver()
  const { id, secret } = await hooks.endpoint(receiver, { types: ['lead.captured', 'lead.created'] })
  const send = (i: number) =>
    hooks.request('POST /v1/forms/contact/submissions', {
      key: hooks.key,
      body: { fields: { name: `V ${i}`, email: `visitor${i}@example.com`, message: 'Hello' } },
    })
  await Promise.all(Array.from({ length: 40 }, (_, i) => send(i)))
  await hooks.nest.settle()
  const told = receiver.received.map((sent) => verify(secret, sent, hooks.nest.now()).data.lead.email)
  expect(new Set(told).size).toBe(40)
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(receiver.received.length)
  expect(receiver.connections.most).toBeLessThanOrEqual(16)
  await hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
})
