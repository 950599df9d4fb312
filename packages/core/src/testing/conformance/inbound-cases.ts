import assert from 'node:assert/strict'
import { updateChannel } from '../../channels/channels.ts'
import { listConversations } from '../../conversations/list-conversations.ts'
import { bySystem } from '../../events/event.ts'
import { LeadQuery } from '../../leads/lead.ts'
import { listLeads } from '../../leads/list-leads.ts'
import { parse } from '../../parse.ts'
import { updatePlugin } from '../../plugins/states.ts'
import type { Cases } from './conformance.ts'
import { altered, isFine, unsigned, type World } from './world.ts'

async function arrives(world: World, request: Request): Promise<void> {
  const status = await world.post(request)
  assert.ok(isFine(status), `It is answered ${status}.`)
}

const countLeads = async ({ nest }: World, workspaceId = nest.workspaceId) =>
  (await listLeads(nest, workspaceId, parse(LeadQuery, { limit: '1', count: 'true' }))).count!.value

/** A request that is not the provider's leaves nothing behind. */
const leavesNothing = (forge: (world: World, from: string) => Promise<Request>) => async (world: World) => {
  const { nest } = world
  const before = await countLeads(world)
  const status = await world.post(await forge(world, world.newAddress()))
  assert.ok(!isFine(status), `It is answered ${status}.`)
  assert.equal(await countLeads(world), before)
  assert.equal((await listConversations(nest, nest.workspaceId)).data.length, 0)
}

export const inboundCases: Cases = {
  'brings what somebody writes into their conversation': async (world) => {
    const lead = await world.lead()
    await arrives(world, await world.inbound({ from: lead.address, body: 'Is it ready?' }))
    const [message, ...more] = await world.thread(lead)
    assert.deepEqual([message?.direction, message?.body, more], ['in', 'Is it ready?', []])
  },
  'brings every letter as it is': async (world) => {
    const lead = await world.lead()
    const body = 'Ünïcode 👋🏽, “quotes” & <tags>; 100 % a+b=c\nsecond line'
    await arrives(world, await world.inbound({ from: lead.address, body }))
    assert.equal((await world.thread(lead))[0]?.body, body)
  },
  'says which of our numbers it was written to': async (world) => {
    const lead = await world.lead()
    await arrives(world, await world.inbound({ from: lead.address }))
    assert.equal((await world.thread(lead))[0]?.sender, world.ours())
  },
  'takes one message that is posted twenty times at once as one': async (world) => {
    const lead = await world.lead()
    const request = await world.inbound({ from: lead.address })
    const statuses = await Promise.all(Array.from({ length: 20 }, () => world.post(request.clone())))
    assert.ok(statuses.every(isFine), `All are answered 2xx: ${[...new Set(statuses)].join(', ')}.`)
    assert.equal((await world.thread(lead)).length, 1)
  },
  'takes a message that is posted again an hour later as the same': async (world) => {
    const lead = await world.lead()
    const request = await world.inbound({ from: lead.address })
    await arrives(world, request.clone())
    await arrives(world, await world.inbound({ from: lead.address, body: 'Another' }))
    await world.nest.clock.advance({ hours: 1 })
    await arrives(world, request.clone())
    assert.equal((await world.thread(lead)).length, 2)
  },
  'tells two messages of the same words apart': async (world) => {
    const lead = await world.lead()
    for (let i = 0; i < 2; i++) await arrives(world, await world.inbound({ from: lead.address, body: 'Hello?' }))
    assert.equal((await world.thread(lead)).length, 2)
  },
  'makes a lead of somebody unknown who writes, once': async (world) => {
    const from = world.newAddress()
    const before = await countLeads(world)
    const requests = await Promise.all([1, 2, 3].map((i) => world.inbound({ from, body: `Number ${i}` })))
    const statuses = await Promise.all(requests.map((request) => world.post(request)))
    assert.ok(statuses.every(isFine), statuses.join(', '))
    assert.equal(await countLeads(world), before + 1)
  },
  'answers 2xx to what the workspace does not want to keep': async (world) => {
    const { nest, definition } = world
    await updateChannel(nest, nest.workspaceId, definition.id, { unknownSenders: 'ignore' }, bySystem)
    await arrives(world, await world.inbound({ from: world.newAddress() }))
    assert.equal((await listConversations(nest, nest.workspaceId)).data.length, 0)
  },
  'brings files by their addresses, where it takes any': async (world) => {
    if (!world.definition.limits?.media) return
    const lead = await world.lead()
    const media = [{ url: 'https://files.example.com/a.png', type: 'image/png' }]
    await arrives(world, await world.inbound({ from: lead.address, body: 'Look', media }))
    const [message] = await world.thread(lead)
    assert.deepEqual(
      message?.media.map(({ url, type }) => ({ url, type })),
      media,
    )
  },
  'takes a message without words': async (world) => {
    const lead = await world.lead()
    await arrives(world, await world.inbound({ from: lead.address, body: '' }))
    assert.equal((await world.thread(lead))[0]?.body, '')
  },
  'brings an answer that comes before the status of the question': async (world) => {
    const lead = await world.lead()
    await world.write(lead)
    // What happens within one ms has no order.
    await world.nest.clock.advance(1)
    await arrives(world, await world.inbound({ from: lead.address, body: 'Yes please' }))
    assert.deepEqual(
      (await world.thread(lead)).map(({ direction }) => direction),
      ['out', 'in'],
    )
  },
  'answers from the number that somebody wrote to': async (world) => {
    const senders = world.definition.senders?.(world.settingsOf(1)) ?? []
    const to = senders.at(-1)
    if (!to) return
    const lead = await world.lead()
    await arrives(world, await world.inbound({ from: lead.address, to }))
    assert.equal((await world.write(lead)).sender, to)
  },
  'refuses a message whose body was changed': leavesNothing(async (world, from) =>
    altered(await world.inbound({ from })),
  ),
  'refuses a message that is not signed': leavesNothing(async (world, from) => unsigned(await world.inbound({ from }))),
  'refuses a message that is signed by another secret': leavesNothing(async (world, from) =>
    world.definition.simulate!.inbound!(
      { providerId: 'forged', from, to: world.ours(), body: 'Hello' },
      { settings: world.withOtherSecrets(), url: `${world.nest.publicBaseUrl}/plugins/${world.plugin.id}` },
    ),
  ),
  'brings a message into the workspace of its account, and no other': async (world) => {
    const { nest, other } = world
    const from = world.newAddress()
    await arrives(world, await world.inbound({ from }, 2))
    assert.equal((await listConversations(nest, nest.workspaceId)).data.length, 0)
    assert.equal((await listConversations(nest, other)).data.length, 1)
  },
  'keeps nothing while it is turned off': async (world) => {
    const { nest, plugin } = world
    await updatePlugin(nest, nest.workspaceId, plugin.id, { enabled: false }, bySystem)
    await world.post(await world.inbound({ from: world.newAddress() }))
    assert.equal((await listConversations(nest, nest.workspaceId)).data.length, 0)
  },
}
