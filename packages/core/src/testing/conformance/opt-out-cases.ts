import assert from 'node:assert/strict'
import { listConsents } from '../../consents/list-consents.ts'
import type { Lead } from '../../leads/lead.ts'
import { LeadQuery } from '../../leads/lead.ts'
import { listLeads } from '../../leads/list-leads.ts'
import { parse } from '../../parse.ts'
import { isSuppressed } from '../../suppressions/suppressed.ts'
import type { Cases } from './conformance.ts'
import { isFine, type World } from './world.ts'

async function says(world: World, from: string, body: string): Promise<void> {
  assert.ok(isFine(await world.post(await world.inbound({ from, body }))), `“${body}” is answered 2xx.`)
}

const isOut = ({ nest, definition }: World, lead: Pick<Lead, 'id'>) =>
  isSuppressed(nest, nest.workspaceId, { channel: definition.id, leadId: lead.id })

export const optOutCases: Cases = {
  'takes each word that says stop, as people write it': async (world) => {
    for (const word of ['STOP', 'stopall', ' Unsubscribe ', 'cancel.', 'END', 'Quit!', 'revoke', 'OptOut']) {
      const lead = await world.lead()
      await says(world, lead.address, word)
      assert.equal(await isOut(world, lead), true, `“${word}” is a stop.`)
    }
  },
  'takes nothing else for a stop': async (world) => {
    const lead = await world.lead()
    for (const text of ['Stop by tomorrow', 'please stop calling at 9', 'the end', 'cancel my order', 'stopped', 'no'])
      await says(world, lead.address, text)
    assert.equal(await isOut(world, lead), false)
  },
  'asks the provider for nothing after a stop, not even what waited': async (world) => {
    const { nest, provider } = world
    const lead = await world.lead()
    for (let i = 0; i < 10; i++) await world.write(lead)
    await says(world, lead.address, 'STOP')
    await nest.settle()
    await nest.clock.advance({ days: 1 })
    assert.equal(provider.asked(), 0)
  },
  'writes a stop into the ledger, once however often it is posted': async (world) => {
    const { nest } = world
    const lead = await world.lead()
    const request = await world.inbound({ from: lead.address, body: 'STOP' })
    for (let i = 0; i < 3; i++) assert.ok(isFine(await world.post(request.clone())))
    await says(world, lead.address, 'stop')
    const { data } = await listConsents(nest, nest.workspaceId, lead.id, { limit: 50 })
    assert.deepEqual(
      data.map(({ kind }) => kind),
      ['revoked'],
    )
  },
  'lets a start take a stop back': async (world) => {
    const { nest, provider } = world
    const lead = await world.lead()
    await says(world, lead.address, 'STOP')
    await says(world, lead.address, 'START')
    assert.equal(await isOut(world, lead), false)
    await world.write(lead)
    await nest.settle()
    assert.equal(provider.accepted().length, 1)
  },
  'makes no lead of somebody whose first word is stop': async (world) => {
    const { nest, definition } = world
    const before = (await listLeads(nest, nest.workspaceId, parse(LeadQuery, { count: 'true' }))).count!.value
    const address = world.newAddress()
    await says(world, address, 'STOP')
    assert.equal((await listLeads(nest, nest.workspaceId, parse(LeadQuery, { count: 'true' }))).count!.value, before)
    assert.equal(await isSuppressed(nest, nest.workspaceId, { channel: definition.id, address }), true)
  },
  'suppresses whom its provider tells of, in its own way': async (world) => {
    const { definition, nest, settingsOf, plugin } = world
    const tell = definition.simulate?.optOut
    if (!tell) return
    const lead = await world.lead()
    const at = { settings: settingsOf(1), url: `${nest.publicBaseUrl}/plugins/${plugin.id}` }
    const request = await tell({ providerId: 'told-1', from: lead.address, to: world.ours() }, at)
    assert.ok(isFine(await world.post(request)))
    assert.equal(await isOut(world, lead), true)
  },
  'suppresses in the workspace of its account, and no other': async (world) => {
    const { nest, other, definition } = world
    const address = world.newAddress()
    assert.ok(isFine(await world.post(await world.inbound({ from: address, body: 'STOP' }, 2))))
    assert.equal(await isSuppressed(nest, other, { channel: definition.id, address }), true)
    assert.equal(await isSuppressed(nest, nest.workspaceId, { channel: definition.id, address }), false)
  },
}
