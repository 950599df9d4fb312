import assert from 'node:assert/strict'
import { updateChannel } from '../../channels/channels.ts'
import { addConsent } from '../../consents/record-consent.ts'
import { LeadNestError } from '../../errors.ts'
import { bySystem } from '../../events/event.ts'
import { cancelMessage } from '../../messages/cancel-message.ts'
import { deliverMessage } from '../../messages/deliver-message.ts'
import { getPlugin, updatePlugin } from '../../plugins/states.ts'
import type { Behaviour } from '../channel-provider.ts'
import type { Cases } from './conformance.ts'
import type { World } from './world.ts'

const days = (count: number) => ({ days: count })
const withProvider = ['sending', 'sent', 'delivered']

/** What the provider surely did not take arrives later, once. */
const arrivesLater = (how: Behaviour) => async (world: World) => {
  const { nest, provider } = world
  const { id } = await world.write(await world.lead())
  provider.behave(how)
  await nest.settle()
  assert.equal(provider.accepted().length, 0)
  assert.equal((await world.message(id)).status, 'queued')
  provider.behave('accept')
  await nest.clock.advance({ hours: 1 })
  assert.equal(provider.accepted().length, 1)
  assert.ok(withProvider.includes((await world.message(id)).status))
  await nest.clock.advance(days(2))
  assert.equal(provider.accepted().length, 1)
}

const refused = (work: () => Promise<unknown>, code: string) =>
  assert.rejects(work, (error) => error instanceof LeadNestError && error.code === code)

export const sendingCases: Cases = {
  'gives a message to its provider, once, as it was written': async (world) => {
    const lead = await world.lead()
    const { id } = await world.write(lead, { body: 'Your table is ready.' })
    await world.nest.settle()
    const [sent, ...more] = world.provider.accepted()
    assert.deepEqual([sent?.to, sent?.body, more], [lead.address, 'Your table is ready.', []])
    assert.ok(withProvider.includes((await world.message(id)).status))
  },
  'gives every letter on as it is': async (world) => {
    const body = "Ünïcode 👋🏽, “quotes” & <tags>; 100 % a+b=c\nsecond line \\ 'end'"
    await world.write(await world.lead(), { body })
    await world.nest.settle()
    assert.equal(world.provider.accepted()[0]?.body, body)
  },
  'has given it to the provider when send returns': async (world) => {
    const { id: messageId } = await world.write(await world.lead())
    await deliverMessage(world.nest, { workspaceId: world.nest.workspaceId, messageId })
    assert.equal(world.provider.accepted().length, 1, 'Nothing is sent later, when the person may have said STOP.')
  },
  'gives each message an id of its own': async (world) => {
    for (let i = 0; i < 5; i++) await world.write(await world.lead())
    await world.nest.settle()
    assert.equal(new Set(world.provider.accepted().map(({ providerId }) => providerId)).size, 5)
  },
  'sends once however often its job runs': async (world) => {
    const { id: messageId } = await world.write(await world.lead())
    const run = () => deliverMessage(world.nest, { workspaceId: world.nest.workspaceId, messageId })
    await Promise.all([run(), run(), run()])
    await run()
    await world.nest.settle()
    assert.equal(world.provider.asked(), 1)
  },
  'sends at most once when the answer is lost, and leaves open what happened': async (world) => {
    const { nest, provider, definition } = world
    provider.behave('lose_answer')
    const messages = []
    for (let i = 0; i < 5; i++) messages.push(await world.write(await world.lead(), { body: `Number ${i}` }))
    await nest.settle()
    for (const { id } of messages) assert.equal((await world.message(id)).status, 'unknown')
    provider.behave('accept')
    await nest.clock.advance(days(3))
    assert.equal(provider.asked(), 5, 'Nothing is sent again.')
    const bodies = provider.accepted().map(({ body }) => body)
    assert.equal(new Set(bodies).size, bodies.length)
    for (const { id } of messages) {
      const { status } = await world.message(id)
      assert.ok((definition.lookUp ? [...withProvider, 'unknown'] : ['unknown']).includes(status), status)
    }
  },
  'tries again what the provider had no time for': arrivesLater('busy'),
  'tries again while the provider is down': arrivesLater('down'),
  'tries again where the provider cannot be reached': arrivesLater('unreachable'),
  'does not try again what the provider refused for good, and says why': async (world) => {
    const { nest, provider } = world
    provider.behave('refuse')
    const { id } = await world.write(await world.lead())
    await nest.settle()
    await nest.clock.advance(days(3))
    const { status, error } = await world.message(id)
    assert.equal(status, 'failed')
    assert.ok(error?.code && error.detail)
    assert.equal(provider.asked(), 1)
  },
  'suppresses whom the provider says opted out, and asks it no more': async (world) => {
    const { nest, provider } = world
    const lead = await world.lead()
    provider.behave('opted_out')
    const { id } = await world.write(lead)
    await nest.settle()
    const { status, error } = await world.message(id)
    assert.deepEqual([status, error?.code], ['failed', 'suppressed'])
    await refused(() => world.write(lead), 'suppressed')
    assert.equal(provider.asked(), 1)
  },
  'is not asked for what waited when the person said no': async (world) => {
    const { nest, provider, definition } = world
    const lead = await world.lead()
    const messages = []
    for (let i = 0; i < 20; i++) messages.push(await world.write(lead))
    const no = { action: 'revoke', channel: definition.id, purpose: null, reason: null } as const
    await addConsent(nest, nest.workspaceId, lead.id, no, bySystem)
    await nest.settle()
    await nest.clock.advance(days(1))
    assert.equal(provider.asked(), 0)
    for (const { id } of messages) assert.equal((await world.message(id)).error?.code, 'suppressed')
  },
  'writes no secret into errors and logs': async (world) => {
    const { nest, provider, plugin, logged } = world
    for (const how of ['refuse', 'lose_answer', 'busy', 'down', 'unreachable', 'opted_out'] as const) {
      provider.behave(how)
      const { id } = await world.write(await world.lead())
      await nest.settle()
      logged.push(JSON.stringify(await world.message(id)))
    }
    logged.push(JSON.stringify(await getPlugin(nest, nest.workspaceId, plugin.id)))
    for (const secret of world.secrets())
      assert.equal(
        logged.find((line) => line.includes(secret)),
        undefined,
      )
  },
  'gives files on, where it takes any': async (world) => {
    if (!world.definition.limits?.media) return
    const media = ['https://files.example.com/a.png']
    await world.write(await world.lead(), { mediaUrls: media })
    await world.nest.settle()
    const [sent] = world.provider.accepted()
    assert.deepEqual(sent?.media ?? [], media)
  },
  'is asked for nothing that is over its limits': async (world) => {
    const { characters, media } = world.definition.limits ?? {}
    const lead = await world.lead()
    if (characters) await refused(() => world.write(lead, { body: 'a'.repeat(characters + 1) }), 'invalid_input')
    const files = Array.from({ length: (media?.count ?? 0) + 1 }, (_, i) => `https://files.example.com/${i}.png`)
    await refused(() => world.write(lead, { mediaUrls: files }), 'invalid_input')
    assert.equal(world.provider.asked(), 0)
  },
  'takes the longest text that it says it takes': async (world) => {
    const body = 'a'.repeat(Math.min(world.definition.limits?.characters ?? 1000, 50_000))
    await world.write(await world.lead(), { body })
    await world.nest.settle()
    assert.equal(world.provider.accepted()[0]?.body, body)
  },
  'sends by the account of its workspace': async (world) => {
    await world.write(await world.lead())
    await world.write(await world.lead(world.other), {}, world.other)
    await world.nest.settle()
    const [one, two] = world.provider.accepted()
    assert.ok(one && two)
    assert.ok(one.account !== two.account || one.from !== two.from, 'Two workspaces have two accounts.')
  },
  'sends by the sender that was asked for': async (world) => {
    const senders = world.definition.senders?.(world.settingsOf(1)) ?? []
    const sender = senders.at(-1)
    if (!sender) return
    await world.write(await world.lead(), { sender })
    await world.nest.settle()
    const [sent] = world.provider.accepted()
    if (sent?.from !== undefined) assert.equal(sent.from, sender)
    await refused(async () => world.write(await world.lead(), { sender: 'nobody' }), 'invalid_input')
  },
  'sends nothing once it is turned off': async (world) => {
    const { nest, plugin, provider } = world
    const { id } = await world.write(await world.lead())
    await updatePlugin(nest, nest.workspaceId, plugin.id, { enabled: false }, bySystem)
    await nest.settle()
    assert.equal(provider.asked(), 0)
    assert.equal((await world.message(id)).error?.code, 'plugin_off')
    await refused(async () => world.write(await world.lead()), 'plugin_off')
  },
  'sends at its time, not before, and nothing that was taken back': async (world) => {
    const { nest, provider } = world
    const sendAt = new Date(nest.now().getTime() + 3_600_000).toISOString()
    await world.write(await world.lead(), { sendAt })
    const { id } = await world.write(await world.lead(), { sendAt })
    await nest.clock.advance({ minutes: 59 })
    assert.equal(provider.asked(), 0)
    await cancelMessage(nest, nest.workspaceId, id, bySystem)
    await nest.clock.advance({ minutes: 1 })
    assert.equal(provider.asked(), 1)
  },
  'keeps quiet at night': async (world) => {
    const { nest, provider, definition } = world
    await updateChannel(nest, nest.workspaceId, definition.id, { quietHours: quiet }, bySystem)
    await world.write(await world.lead())
    await nest.settle()
    assert.equal(provider.asked(), 0)
    await nest.clock.advance(days(1))
    assert.equal(provider.asked(), 1)
  },
}

/** All of the day but its last minute, wherever the number is. */
const quiet = { from: '00:00', to: '23:59', timeZoneField: null }
