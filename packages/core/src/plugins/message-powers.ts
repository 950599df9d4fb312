import { receive } from '../conversations/receive.ts'
import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { once } from '../idempotency/once.ts'
import { fingerprintOf } from '../idempotency/records.ts'
import { listMessageTemplates } from '../message-templates/templates.ts'
import { cancelMessage } from '../messages/cancel-message.ts'
import { getMessage, listMessagesOf } from '../messages/list-messages.ts'
import { reportStatus } from '../messages/report-status.ts'
import { sendMessage } from '../messages/send-message.ts'
import { sendNotice } from '../messages/send-notice.ts'
import { parse } from '../parse.ts'
import { SuppressionInput } from '../suppressions/suppression.ts'
import { addSuppression } from '../suppressions/suppressions.ts'
import type { Plugin } from './define-plugin.ts'
import type { Capability, PluginContext } from './plugin-context.ts'
import { missing, orNull } from './powers.ts'

/** What a plugin may do with messages, and on the channels that it brings. */
export function messagePowers(
  core: Core,
  workspaceId: string,
  plugin: Plugin,
  by: By,
): Pick<PluginContext, 'messages' | 'channel'> {
  const may = (capability: Capability, what: string) => {
    if (!plugin.capabilities?.includes(capability)) throw missing(plugin, capability, what)
  }
  return {
    messages: {
      async send(message, { key } = {}) {
        may(`send:${message.channel}`, `send by ${message.channel}`)
        if (key === undefined) return sendMessage(core, workspaceId, message, by)
        const name = { scope: `plugin ${plugin.id} message`, key, fingerprint: fingerprintOf(key) }
        return once(core, workspaceId, name, (core) => sendMessage(core, workspaceId, message, by))
      },
      async cancel(id) {
        const { channel } = await getMessage(core, workspaceId, id)
        may(`send:${channel}`, `take back messages by ${channel}`)
        return cancelMessage(core, workspaceId, id, by)
      },
      async get(id) {
        may('leads:read', 'read messages')
        return orNull(getMessage(core, workspaceId, id))
      },
      async list({ leadId, since }) {
        may('leads:read', 'read messages')
        return listMessagesOf(core, workspaceId, leadId, since)
      },
      async templates(channel) {
        may(`send:${channel}`, `send by ${channel}`)
        const all = await listMessageTemplates(core, workspaceId)
        return all
          .filter((one) => one.channel === null || one.channel === channel)
          .map(({ id, name }) => ({ id, name }))
      },
    },
    channel(id) {
      if (!plugin.channels?.some((channel) => channel.id === id))
        throw new Error(`The plugin ${plugin.id} brings no channel “${id}”. Add it to its channels.`)
      return {
        receive: (message) => receive(core, workspaceId, id, message),
        status: (report) => reportStatus(core, workspaceId, id, report),
        notify: (notice, { key }) => sendNotice(core, workspaceId, id, notice, key),
        async unreachable(address, reason) {
          await addSuppression(core, workspaceId, parse(SuppressionInput, { channel: id, address, reason }), by)
        },
      }
    },
  }
}
