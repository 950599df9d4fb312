import { AssertionError } from 'node:assert'
import { describe, expect, test } from 'vitest'
import type { ChannelDefinition, StatusReport } from '../../channels/channel.ts'
import { SendError } from '../../channels/send-error.ts'
import type { Plugin } from '../../plugins/define-plugin.ts'
import type { RouteContext } from '../../plugins/plugin-context.ts'
import { type PigeonSettings, pigeon, pigeonChannel, pigeonPost } from '../pigeon.ts'
import { channelConformance } from './conformance.ts'

const settings = (workspace: 1 | 2) => ({
  account: `A${workspace}`,
  token: `the token of account ${workspace}`,
  number: `+1555000100${workspace}`,
})
const suiteOf = (plugin: Plugin, provider = pigeonPost()) => channelConformance({ plugin, settings, provider })

describe('a channel that does what it should', () => {
  const suite = suiteOf(pigeon())

  test('there are 40 cases and more', () => {
    expect(suite.length).toBeGreaterThanOrEqual(40)
    expect(new Set(suite.map(({ name }) => name)).size).toBe(suite.length)
  })

  test.each(suite)('$name', ({ run }) => run())
})

type PigeonChannel = ChannelDefinition<PigeonSettings>
const right = pigeonChannel()

/** A pigeon with one thing wrong. */
const withFault = (change: Partial<PigeonChannel>) => pigeon({ ...right, ...change })

type Answer = (request: Request, context: RouteContext<PigeonSettings>) => Promise<Response> | Response

/** A pigeon whose routes do something else with what arrives. */
function withRoute(route: 'POST /inbound/:account' | 'POST /status/:account', answer: Answer): Plugin {
  const plugin = pigeon()
  return { ...plugin, routes: { ...plugin.routes, [route]: answer } }
}
const inboundOf = (plugin: Plugin) => plugin.routes!['POST /inbound/:account'] as Answer
const statusOf = (plugin: Plugin) => plugin.routes!['POST /status/:account'] as Answer

const seen = new Set<string>()
const late: (() => Promise<unknown>)[] = []

/** Each fault with the case that finds it. */
const faults: [fault: string, plugin: Plugin, caughtBy: string][] = [
  [
    'sends later than it says',
    withFault({
      async send(message, context) {
        late.push(() => right.send(message, context))
        return { providerId: `late-${message.id}`, status: 'queued' }
      },
    }),
    'has given it to the provider when send returns',
  ],
  [
    'sends again when the answer is lost',
    withFault({
      send: (message, context) => right.send(message, context).catch(() => right.send(message, context)),
    }),
    'sends at most once when the answer is lost, and leaves open what happened',
  ],
  [
    'takes a lost answer for one that was never sent',
    withFault({
      send: (message, context) =>
        right.send(message, context).catch((error: SendError) => {
          throw error.kind === 'unknown' ? new SendError('retry', error.message) : error
        }),
    }),
    'sends at most once when the answer is lost, and leaves open what happened',
  ],
  [
    'tries again what was refused for good',
    withFault({
      send: (message, context) =>
        right.send(message, context).catch((error: SendError) => {
          throw error.kind === 'refused' ? new SendError('retry', error.message) : error
        }),
    }),
    'does not try again what the provider refused for good, and says why',
  ],
  [
    'takes an opt-out for any refusal',
    withFault({
      send: (message, context) =>
        right.send(message, context).catch((error: SendError) => {
          throw error.kind === 'suppressed' ? new SendError('refused', error.message, { code: error.code }) : error
        }),
    }),
    'suppresses whom the provider says opted out, and asks it no more',
  ],
  [
    'writes its token into an error',
    withFault({
      send: (message, context) =>
        right.send(message, context).catch((error: SendError) => {
          throw new SendError(error.kind, `${error.message} (Bearer ${context.settings.token})`)
        }),
    }),
    'writes no secret into errors and logs',
  ],
  [
    'loses files',
    withFault({ send: (message, context) => right.send({ ...message, media: [] }, context) }),
    'gives files on, where it takes any',
  ],
  [
    'counts too few segments',
    withFault({ measure: (body, about) => ({ ...right.measure(body, about), left: 100 }) }),
    'leaves as many characters in a segment as still fit',
  ],
  [
    'cuts long texts',
    withFault({ send: (message, context) => right.send({ ...message, body: message.body.slice(0, 160) }, context) }),
    'takes the longest text that it says it takes',
  ],
  [
    'gives an id of its own in the place of the provider’s',
    withFault({
      send: async (message, context) => ({ ...(await right.send(message, context)), providerId: message.id }),
    }),
    'tells that a message was delivered',
  ],
  [
    'believes whoever posts to it',
    withRoute('POST /inbound/:account', async (request, { params, find }) => {
      const context = await find(params.account!)
      const { id, ...message } = (await request.json()) as { id: string; from: string; to: string; body: string }
      await context?.channel('sms').receive({ providerId: id, ...message })
      return new Response(null, { status: context ? 204 : 403 })
    }),
    'refuses a message that is not signed',
  ],
  [
    'answers what it knows already with a refusal',
    withRoute('POST /inbound/:account', async (request, context) => {
      const { id } = (await request
        .clone()
        .json()
        .catch(() => ({}))) as { id?: string }
      if (id && seen.has(id)) return new Response(null, { status: 409 })
      if (id) seen.add(id)
      return inboundOf(pigeon())(request, context)
    }),
    'takes one message that is posted twenty times at once as one',
  ],
  [
    'takes a late word for a failure',
    withRoute('POST /status/:account', async (request, context) => {
      const report = (await request
        .clone()
        .json()
        .catch(() => ({}))) as StatusReport & { id: string }
      const found = await context.find(context.params.account!)
      if (report.status === 'queued' && found)
        await found.channel('sms').status({ providerId: report.id, status: 'delivered' })
      return statusOf(pigeon())(request, context)
    }),
    'moves a message forward, whatever the order: failed',
  ],
  [
    'answers a status that it does not know with a refusal',
    withRoute('POST /status/:account', async (request, context) => {
      const { id } = (await request
        .clone()
        .json()
        .catch(() => ({}))) as { id?: string }
      if (id === 'nobody-knows-this') return new Response(null, { status: 404 })
      return statusOf(pigeon())(request, context)
    }),
    'answers a status of a message that nobody knows',
  ],
  [
    'brings everything into the first workspace that it finds',
    withRoute('POST /inbound/:account', (request, context) =>
      inboundOf(pigeon())(request, {
        ...context,
        find: async (name) => (await context.find(name)) && context.find('A1'),
      }),
    ),
    'brings a message into the workspace of its account, and no other',
  ],
  [
    'keeps words that say stop to itself',
    withRoute('POST /inbound/:account', async (request, context) => {
      const { body } = (await request
        .clone()
        .json()
        .catch(() => ({}))) as { body?: string }
      if (/^stop/i.test(body ?? '')) return new Response(null, { status: 204 })
      return inboundOf(pigeon())(request, context)
    }),
    'takes each word that says stop, as people write it',
  ],
]

describe('a channel with one thing wrong is caught:', () => {
  test('there are 12 of them and more', () => {
    expect(faults.length).toBeGreaterThanOrEqual(12)
  })

  test.each(faults)('it %s', async (_, plugin, caughtBy) => {
    const found = suiteOf(plugin).find(({ name }) => name === caughtBy)
    await expect(found!.run()).rejects.toThrow(AssertionError)
  })
})
