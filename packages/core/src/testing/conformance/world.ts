import assert from 'node:assert/strict'
import * as v from 'valibot'
import { createWorkspace } from '../../accounts/workspaces.ts'
import type { Channel, IncomingMessage, StatusReport } from '../../channels/channel.ts'
import { listConversations } from '../../conversations/list-conversations.ts'
import { bySystem } from '../../events/event.ts'
import { createLead } from '../../leads/create-lead.ts'
import type { Lead } from '../../leads/lead.ts'
import { getMessage, listMessages } from '../../messages/list-messages.ts'
import type { Message, MessageInput } from '../../messages/message.ts'
import { sendMessage } from '../../messages/send-message.ts'
import type { Plugin } from '../../plugins/define-plugin.ts'
import type { SettingValue } from '../../plugins/setting.ts'
import { fieldsOf } from '../../plugins/setting.ts'
import { updatePlugin } from '../../plugins/states.ts'
import { sql } from '../../postgres/sql.ts'
import type { TestNest } from '../../testing.ts'
import type { ChannelProvider } from '../channel-provider.ts'
import type { Suite } from './suite.ts'

type Settings = Record<string, SettingValue>

export interface ConformanceOptions {
  plugin: Plugin
  /** What the plugin is set to in the first and in the second workspace: two accounts, with secrets of their own. */
  settings(workspace: 1 | 2): Settings
  provider: ChannelProvider
  /** The channel that is meant, where the plugin brings several. */
  channel?: string
}

/** A LeadNest with the channel in two workspaces, and what a case does with it. */
export interface World extends ConformanceOptions {
  nest: TestNest
  definition: Channel
  /** The second workspace. */
  other: string
  /** Lines of the server's log. */
  logged: string[]
  /** As the plugin's schema gives them. */
  settingsOf(workspace: 1 | 2): unknown
  /** Our own number or account. */
  ours(workspace?: 1 | 2): string
  /** An address that nobody had so far. */
  newAddress(): string
  lead(workspaceId?: string): Promise<Lead & { address: string }>
  write(lead: Pick<Lead, 'id'>, more?: Partial<MessageInput>, workspaceId?: string): Promise<Message>
  message(id: string, workspaceId?: string): Promise<Message>
  /** What was said with a lead, the oldest first. */
  thread(lead: Pick<Lead, 'id'>, workspaceId?: string): Promise<Message[]>
  /** Posts to the plugin's route, and returns its status. */
  post(request: Request): Promise<number>
  inbound(message: Partial<IncomingMessage> & Pick<IncomingMessage, 'from'>, workspace?: 1 | 2): Promise<Request>
  status(report: StatusReport, workspace?: 1 | 2, settings?: unknown): Promise<Request>
  /** The settings of the first workspace, with the secrets of the second. */
  withOtherSecrets(): unknown
  secrets(): string[]
}

let made = 0

/** Does the work of one case in a world of its own: two new workspaces of a LeadNest that the cases of a suite share. */
export async function inWorld(suite: Suite, options: ConformanceOptions, work: (world: World) => Promise<void>) {
  const { plugin, provider, settings } = options
  const definition = plugin.channels?.find(({ id }) => !options.channel || id === options.channel)
  assert(definition, `The plugin ${plugin.id} brings no channel.`)
  await suite.use(options, async (nest, logged) => {
    provider.reset()
    const [first, other] = [await makeWorkspace('First'), await makeWorkspace('Other')]
    for (const [i, id] of [first, other].entries())
      await updatePlugin(nest, id, plugin.id, { enabled: true, settings: settings(i === 0 ? 1 : 2) }, bySystem)
    try {
      await work(worldOf(options, definition, { ...nest, workspaceId: first }, other, logged))
    } finally {
      // What waits to be sent would be, by the next case.
      for (const id of [first, other])
        await nest.inWorkspace(id, (tx) => tx.query(sql`delete from conversations where workspace_id = ${id}`))
    }

    async function makeWorkspace(name: string): Promise<string> {
      return (await createWorkspace(nest, { name })).id
    }
  })
}

function worldOf(
  options: ConformanceOptions,
  definition: Channel,
  nest: TestNest,
  other: string,
  logged: string[],
): World {
  const { plugin, settings } = options
  const first = nest.workspaceId
  const isPhone = definition.address === 'phone'
  const parsed = (workspace: 1 | 2): unknown => (plugin.settings ? v.parse(plugin.settings, settings(workspace)) : {})
  const secretKeys = plugin.settings
    ? fieldsOf(plugin.id, plugin.settings).flatMap(({ key, secret }) => (secret ? [key] : []))
    : []
  const ours = (workspace: 1 | 2 = 1) =>
    definition.senders?.(parsed(workspace))[0] ?? (isPhone ? `+1555000100${workspace}` : `ours${workspace}@example.com`)
  const newAddress = () => (isPhone ? `+1555${String(2_000_000 + ++made)}` : `person${++made}@example.com`)
  const at = (workspace: 1 | 2, given?: unknown) => ({
    settings: given ?? parsed(workspace),
    url: `${nest.publicBaseUrl}/plugins/${plugin.id}`,
  })

  return {
    ...options,
    nest,
    definition,
    other,
    logged,
    settingsOf: parsed,
    ours,
    newAddress,
    async lead(workspaceId = first) {
      const address = newAddress()
      const { result } = await createLead(
        nest,
        workspaceId,
        isPhone ? { phone: address } : { email: address },
        bySystem,
      )
      return { ...result, address }
    },
    write: ({ id: leadId }, more = {}, workspaceId = first) =>
      sendMessage(nest, workspaceId, { channel: definition.id, body: 'Hello', ...more, leadId }, bySystem),
    message: (id, workspaceId = first) => getMessage(nest, workspaceId, id),
    async thread({ id }, workspaceId = first) {
      const { data } = await listConversations(nest, workspaceId, { lead: id })
      const pages = await Promise.all(data.map((one) => listMessages(nest, workspaceId, one.id, { limit: 200 })))
      return pages.flatMap((page) => page.data).reverse()
    },
    async post(request) {
      const { pathname, search } = new URL(request.url)
      const headers = Object.fromEntries(request.headers)
      const body = new Uint8Array(await request.arrayBuffer())
      const response = await nest.request(request.method as 'POST', pathname + search, { headers, body })
      return response.status
    },
    async inbound(message, workspace = 1) {
      const usual = { providerId: `conformance-in-${++made}`, to: ours(workspace), body: 'Good day' }
      return definition.simulate!.inbound!({ ...usual, ...message }, at(workspace))
    },
    status: async (report, workspace = 1, given) => definition.simulate!.status!(report, at(workspace, given)),
    withOtherSecrets: () => {
      const foreign = parsed(2) as Settings
      return { ...(parsed(1) as Settings), ...Object.fromEntries(secretKeys.map((key) => [key, foreign[key]!])) }
    },
    secrets: () =>
      secretKeys.flatMap((key) => (typeof settings(1)[key] === 'string' ? [settings(1)[key] as string] : [])),
  }
}

/** The same request with one letter of its body another one. */
export async function altered(request: Request): Promise<Request> {
  const body = Buffer.from(await request.arrayBuffer())
  const at = Math.max(
    0,
    body.findLastIndex((byte) => /[a-y0-8]/i.test(String.fromCharCode(byte))),
  )
  body[at] = body[at]! + 1
  return new Request(request.url, { method: request.method, headers: request.headers, body })
}

/** The same request with no header but what says how its body is to be read. */
export async function unsigned(request: Request): Promise<Request> {
  const type = request.headers.get('content-type')
  const body = await request.arrayBuffer()
  const url = new URL(request.url)
  return new Request(url, { method: request.method, headers: type ? { 'content-type': type } : {}, body })
}

export const isFine = (status: number): boolean => status >= 200 && status < 300
