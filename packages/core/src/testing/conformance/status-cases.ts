import assert from 'node:assert/strict'
import type { ProviderStatus } from '../../channels/channel.ts'
import { listTimeline } from '../../events/list-timeline.ts'
import type { Message } from '../../messages/message.ts'
import type { Cases } from './conformance.ts'
import { altered, isFine, unsigned, type World } from './world.ts'

interface Sent {
  message: Message
  providerId: string
}

async function send(world: World): Promise<Sent> {
  const message = await world.write(await world.lead())
  await world.nest.settle()
  return { message, providerId: world.provider.accepted().at(-1)!.providerId }
}

async function told(world: World, report: { providerId: string; status: ProviderStatus; messageId?: string }) {
  assert.ok(isFine(await world.post(await world.status(report))), `A status of ${report.status} is answered 2xx.`)
}

function orders<T>(all: T[]): T[][] {
  return all.length < 2 ? [all] : all.flatMap((one, i) => orders(all.toSpliced(i, 1)).map((rest) => [one, ...rest]))
}

/** In any order, each doubled, the furthest stands at the end. */
const endsAs = (final: ProviderStatus) => async (world: World) => {
  for (const order of orders<ProviderStatus>(['queued', 'sent', final])) {
    const { message, providerId } = await send(world)
    for (const status of [...order, ...order.slice(0, 1)]) await told(world, { providerId, status })
    assert.equal((await world.message(message.id)).status, final, `after ${order.join(', ')}`)
  }
}

/** A request that is not the provider's changes nothing. */
const changesNothing = (forge: (world: World, request: Request) => Promise<Request>) => async (world: World) => {
  const { message, providerId } = await send(world)
  const before = (await world.message(message.id)).status
  const status = await world.post(await forge(world, await world.status({ providerId, status: 'failed' })))
  assert.ok(!isFine(status), `It is answered ${status}.`)
  assert.equal((await world.message(message.id)).status, before)
  await told(world, { providerId, status: 'delivered' })
}

export const statusCases: Cases = {
  'tells that a message was delivered': async (world) => {
    const { message, providerId } = await send(world)
    await told(world, { providerId, status: 'delivered' })
    const { status, deliveredAt } = await world.message(message.id)
    assert.equal(status, 'delivered')
    assert.ok(deliveredAt)
  },
  'tells that a message was not delivered, with the code of the provider': async (world) => {
    const { message, providerId } = await send(world)
    const report = { providerId, status: 'undelivered', error: { code: '30003' } } as const
    assert.ok(isFine(await world.post(await world.status(report))))
    const { status, error } = await world.message(message.id)
    assert.ok(status === 'undelivered' || status === 'failed', status)
    assert.equal(error?.code, '30003')
  },
  'moves a message forward, whatever the order: delivered': endsAs('delivered'),
  'moves a message forward, whatever the order: failed': endsAs('failed'),
  'does not take a late word for the last one': async (world) => {
    const { message, providerId } = await send(world)
    for (const status of ['delivered', 'sent', 'sending', 'queued'] as const) await told(world, { providerId, status })
    assert.equal((await world.message(message.id)).status, 'delivered')
  },
  'answers a status that comes five times at once, and counts it once': async (world) => {
    const { message, providerId } = await send(world)
    const request = await world.status({ providerId, status: 'delivered' })
    const statuses = await Promise.all(Array.from({ length: 5 }, () => world.post(request.clone())))
    assert.ok(statuses.every(isFine), statuses.join(', '))
    const { data } = await listTimeline(world.nest, world.nest.workspaceId, message.leadId!)
    assert.equal(data.filter(({ type }) => type === 'message.delivered').length, 1)
  },
  'answers a status of a message that nobody knows': async (world) => {
    await told(world, { providerId: 'nobody-knows-this', status: 'delivered' })
  },
  'counts a status that came before the answer to the send': async (world) => {
    const { nest, provider } = world
    provider.behave('lose_answer')
    const { id: messageId } = await world.write(await world.lead())
    await nest.settle()
    const { providerId } = provider.accepted()[0]!
    await told(world, { providerId, messageId, status: 'delivered' })
    const { status } = await world.message(messageId)
    assert.ok(status === 'delivered' || status === 'unknown', status)
    provider.behave('accept')
    await nest.clock.advance({ days: 1 })
    assert.equal(provider.asked(), 1)
  },
  'refuses a status whose body was changed': changesNothing((_, request) => altered(request)),
  'refuses a status that is not signed': changesNothing((_, request) => unsigned(request)),
  'refuses a status that is signed by another secret': changesNothing(async (world) => {
    const providerId = world.provider.accepted().at(-1)!.providerId
    return world.status({ providerId, status: 'failed' }, 1, world.withOtherSecrets())
  }),
  'lets one account say nothing of the messages of another': async (world) => {
    const { message, providerId } = await send(world)
    const before = (await world.message(message.id)).status
    await world.post(await world.status({ providerId, messageId: message.id, status: 'failed' }, 2))
    assert.equal((await world.message(message.id)).status, before)
  },
}
