import { afterEach, expect, test } from 'vitest'
import { testServer } from '../../../server/src/testing.ts'
import { companyOf, enrich } from './index.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function open() {
  const server = await testServer({ plugins: [enrich()] })
  closing.push(() => server.close())
  return { ...server, key: await server.nest.key() }
}

test.each([
  ['ada@mail.acme-widgets.co.uk', 'Acme Widgets'],
  ['ada@ACME.com', 'Acme'],
  ['ada@hsbc.co.uk', 'HSBC'],
  ['ada@xn--mller-brandt-dlb.de', 'Müller Brandt'],
  ['ada@acme.myshopify.com', 'Acme'],
  ['ada@4-sale.io', '4 Sale'],
])('%s is of %s', (email, company) => {
  expect(companyOf(email)).toBe(company)
})

test.each([
  'ada@gmail.com',
  'ada@yahoo.co.uk',
  'ada@tuta.com',
  'ada@mailinator.com',
  'ada@inbox.mailinator.com',
  'ada@co.uk',
  'ada@printer.local',
  'ada@localhost',
  'ada@[192.0.2.1]',
  'ada@192.0.2.1',
  '@',
])('%s is of no company', (email) => {
  expect(companyOf(email)).toBeUndefined()
})

test('a lead whose address tells has a company, and the submission says who added it', async () => {
  const { nest } = await open()
  const sent = await nest.capture('contact', { name: 'Ada', email: 'Ada@mail.acme-widgets.co.uk' })
  expect(sent.lead).toMatchObject({ email: 'ada@mail.acme-widgets.co.uk', company: 'Acme Widgets' })
  expect(sent.hooked).toEqual([{ plugin: 'enrich', changed: ['company'] }])
  const plain = await nest.capture('contact', { name: 'Bob', email: 'bob@gmail.com' })
  expect(plain).toMatchObject({ lead: { company: null }, hooked: [] })
})

test('what somebody named, or is known, is never overwritten, whoever sends', async () => {
  const { nest, key, request } = await open()
  const { lead } = await nest.capture('contact', { name: 'Ada', email: 'ada@acme.com' })
  await request(`PATCH /v1/leads/${lead!.id}`, { key, body: { company: 'Acme Holding' } })
  for (const trusted of [false, true]) {
    const again = await nest.capture('contact', { name: 'Ada', email: 'ada@acme.com' }, { trusted })
    expect(again.lead!.company).toBe('Acme Holding')
  }

  const fields = [
    { name: 'email', type: 'email', label: 'E-mail', required: true },
    { name: 'company', type: 'text', label: 'Company' },
  ]
  await request('PATCH /v1/forms/contact', { key, body: { fields } })
  const named = await nest.capture('contact', { email: 'bob@builders.com', company: 'Bob & Sons' })
  expect(named).toMatchObject({ lead: { company: 'Bob & Sons' }, hooked: [] })
  const blank = await nest.capture('contact', { email: 'eve@builders.com', company: '' })
  expect(blank.lead!.company).toBe('Builders')
})

test('domains that a workspace knows are nobody’s company', async () => {
  const { nest, key, request } = await open()
  await request('PATCH /v1/plugins/enrich', { key, body: { settings: { personal: ['Acme.com'] } } })
  expect((await nest.capture('contact', { name: 'Ada', email: 'ada@mail.acme.com' })).lead!.company).toBeNull()
  expect((await nest.capture('contact', { name: 'Bob', email: 'bob@builders.com' })).lead!.company).toBe('Builders')
})
