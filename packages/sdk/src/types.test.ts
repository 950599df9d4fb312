import type { Endpoint } from '@leadnest/core/contract'
import { expect, expectTypeOf, test } from 'vitest'
import {
  createForms,
  createLeadNest,
  createRequest,
  type Event,
  type Lead,
  type LeadNestError,
  type Scope,
  type WebhookMessage,
  webhooks,
} from './index.ts'
import { upload } from './upload.ts'

const leadnest = createLeadNest({ url: 'https://leads.example.com' })

/** Read by the type check alone: each `@ts-expect-error` fails it where the line below is no error. */
export const compiles = [
  async () => {
    expectTypeOf(await leadnest.leads.create({ email: 'a@example.com' })).toEqualTypeOf<Lead>()
    // @ts-expect-error: a field that a lead does not have
    await leadnest.leads.create({ mail: 'a@example.com' })
    // @ts-expect-error: a field that cannot be changed
    await leadnest.leads.update('id', { score: 5 })
    // @ts-expect-error: a value of another type
    await leadnest.leads.create({ email: 5 })
    // @ts-expect-error: an order that there is not
    await leadnest.leads.list({ sort: 'colour' })
    await leadnest.leads.list({ limit: 5 })
    // @ts-expect-error: a parameter that there is not
    await leadnest.leads.list({ page: 2 })
    await leadnest.leads.create({}, { idempotencyKey: 'mine' })
    // @ts-expect-error: what shows a secret has no key
    await leadnest.auth.refresh({ refreshToken: '' }, { idempotencyKey: 'mine' })
    // @ts-expect-error: a body that is missing
    await leadnest.notes.create('id')
    // @ts-expect-error: a noun that there is not
    leadnest.invoices
    // @ts-expect-error: a verb that there is not
    leadnest.leads.explode
  },
  async () => {
    for await (const lead of leadnest.leads.each()) expectTypeOf(lead).toEqualTypeOf<Lead>()
    for await (const event of leadnest.events.live({ type: ['lead.created'] }))
      expectTypeOf(event).toEqualTypeOf<Event>()
    // @ts-expect-error: a type of event that there is not
    leadnest.events.each({ type: 'lead.exploded' })
    // @ts-expect-error: own events have a name
    await leadnest.leads.track('id')
    expectTypeOf(await webhooks.verify('', new Headers(), 'whsec_')).toEqualTypeOf<WebhookMessage>()
  },
  async () => {
    const { scopes } = await leadnest.me()
    scopes.includes('leads:read')
    // @ts-expect-error: a scope that there is not
    scopes.includes('leads:explode')
    // @ts-expect-error: a role that there is not
    await leadnest.members.add({ email: 'a@example.com', role: 'king' })
    // @ts-expect-error: a client of forms has nothing else
    createForms({ url: '' }).leads
    // @ts-expect-error: where is the server?
    createLeadNest({ key: 'ln_sk_' })
    createLeadNest({
      url: '',
      onRequest({ init }) {
        init.headers['x-trace'] = '1'
      },
      onResponse: ({ response }) => console.log(response.status),
    })
    // @ts-expect-error: headers alone are no init
    createLeadNest({ url: '', onRequest: () => ({ traceparent: '00' }) })
  },
  async () => {
    await leadnest.apiKeys.create({ name: 'Shop', scopes: ['leads:read', 'leads:write'] })
    await leadnest.apiKeys.create({ name: 'Page', kind: 'publishable' })
    const scopes: Scope[] = []
    // @ts-expect-error: what may the key do?
    await leadnest.apiKeys.create({ name: 'Shop' })
    // @ts-expect-error: at least one scope
    await leadnest.apiKeys.create({ name: 'Shop', scopes: [] })
    // @ts-expect-error: perhaps none
    await leadnest.apiKeys.create({ name: 'Shop', scopes })
    // @ts-expect-error: a scope that there is not
    await leadnest.apiKeys.create({ name: 'Shop', scopes: ['leads:explode'] })
    // @ts-expect-error: pages have no scopes
    await leadnest.apiKeys.create({ name: 'Page', kind: 'publishable', scopes: ['leads:read'] })
  },
  ({ access, ...row }: Endpoint) => {
    const rows: Endpoint[] = [
      { ...row, access: 'leads:read' },
      // @ts-expect-error: a route that does not say who may
      row,
      // @ts-expect-error: a scope that there is not
      { ...row, access: 'leads:explode' },
    ]
    return [access, rows]
  },
  async () => {
    const request = createRequest({ url: '' })
    expectTypeOf((await request('GET /v1/leads/:id', { params: { id: '' } })).data).toEqualTypeOf<Lead>()
    // @ts-expect-error: a route that there is not
    await request('GET /v1/invoices', {})
    // @ts-expect-error: an id that is missing
    await request('GET /v1/leads/:id', {})
    // @ts-expect-error: a number is nothing to send
    upload(5)
    const file = upload(new Blob())
    const { result } = await leadnest.imports.create(file, { mapping: { Mail: 'email' }, dryRun: true }).done()
    expectTypeOf(result.created).toEqualTypeOf<number>()
    await leadnest.imports.preview(file, { mapping: '{"Mail":"email"}', tags: ['One'], header: 'false' })
    // @ts-expect-error: a mapping says where columns go
    await leadnest.imports.preview(file, { mapping: { Mail: 5 } })
    // @ts-expect-error: true or false
    await leadnest.imports.create(file, { dryRun: 'yes' })
  },
  (error: LeadNestError) => {
    // @ts-expect-error: a code that there is not
    if (error.code === 'exploded') return
    switch (error.code) {
      case 'invalid_signature':
      case 'network':
      case 'timeout':
      case 'cancelled':
      case 'unknown_column':
      case 'identity_taken':
        return
    }
  },
]

test('what is wrong in types is wrong at run time too, where it is a name', () => {
  expect(compiles.length).toBe(7)
  expect(leadnest).not.toHaveProperty('invoices')
  expect(leadnest.leads).not.toHaveProperty('explode')
  expect(createForms({ url: '' })).not.toHaveProperty('leads')
})
