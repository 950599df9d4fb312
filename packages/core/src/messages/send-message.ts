import type { Channel } from '../channels/channel.ts'
import { type ReadyChannel, readyChannel } from '../channels/find-channel.ts'
import { addressOfConversation, holdAddress } from '../conversations/statements.ts'
import type { Core } from '../core.ts'
import { invalid } from '../errors.ts'
import type { By } from '../events/event.ts'
import { lockLead, readLead } from '../leads/find-leads.ts'
import type { Lead } from '../leads/lead.ts'
import { templateFor } from '../message-templates/templates.ts'
import { parse } from '../parse.ts'
import { Overtaken, type Tx } from '../postgres/transaction.ts'
import { addressFor } from '../suppressions/address.ts'
import { checkMessage, checkSender } from './check-message.ts'
import { compose } from './compose.ts'
import { type CheckedMessage, type Message, MessageInput } from './message.ts'
import { queueMessage } from './queue-message.ts'
import { type MessageRow, shown } from './statements.ts'

/**
 * Queues a message to a lead, at once or for a time. Throws `not_found`, `lead_merged`, `suppressed` (the plugin is not even asked),
 * `plugin_off`, `unknown_reference` at `template` or `conversationId`, and `invalid_input`, as where the lead has no such address.
 */
export async function sendMessage(
  core: Core,
  workspaceId: string,
  { leadId, ...input }: MessageInput & { leadId: string },
  by: By,
): Promise<Message> {
  const checked = parse(MessageInput, input)
  const ready = await readyChannel(core, workspaceId, checked.channel)
  checkMessage(core, ready.channel, checked)
  checkSender(ready.channel, ready.turn.context.settings, checked.sender)
  return core.inWorkspace(workspaceId, async (tx) => {
    const { lead, address } = await holdLead(tx, workspaceId, leadId, ready.channel, checked.conversationId)
    return shown(await queueTo(core, tx, workspaceId, ready, lead, { ...checked, address }, by))
  })
}

/**
 * A lead and the address to write to, held: the address first, as for what comes in, so that the two never wait for each other.
 * Whoever is answered in a conversation is so where they wrote from, whatever number they have since. Throws `not_found`, `lead_merged`,
 * `unknown_reference` at `conversationId`, and `invalid_input` where there is no such address.
 */
async function holdLead(
  tx: Tx,
  workspaceId: string,
  leadId: string,
  channel: Channel,
  conversationId: string | undefined,
): Promise<{ lead: Lead; address: string }> {
  const addressOf = (lead: Lead) =>
    conversationId === undefined
      ? reachBy(channel, lead)
      : addressOfConversation(tx, workspaceId, { id: conversationId, channel: channel.id, leadId: lead.id })
  const before = await readLead(tx, workspaceId, leadId)
  const address = before.mergedInto ? undefined : await addressOf(before)
  if (address !== undefined) await holdAddress(tx, workspaceId, channel.id, address)
  await lockLead(tx, workspaceId, leadId)
  const lead = await readLead(tx, workspaceId, leadId)
  // It got another address in this moment.
  if (address === undefined || (await addressOf(lead)) !== address) throw new Overtaken()
  return { lead, address }
}

/** Queues a message to a lead that is held. Throws as `sendMessage` does. */
export async function queueTo(
  core: Core,
  tx: Tx,
  workspaceId: string,
  ready: ReadyChannel,
  lead: Lead,
  message: CheckedMessage & { address?: string },
  by: By,
): Promise<MessageRow> {
  const { channel } = ready
  const template = message.template && (await templateFor(tx, workspaceId, message.template, channel.id))
  const text = template ? await compose(core, tx, workspaceId, template, lead) : { body: message.body!, subject: null }
  if (!text.body) throw invalid('template', 'This template says nothing to this lead.')
  checkMessage(core, channel, { ...message, body: text.body })
  const subject = message.subject ?? (channel.limits?.subject ? text.subject : null)
  const queued = {
    ...message,
    address: message.address ?? reachBy(channel, lead),
    leadId: lead.id,
    templateId: message.template ?? null,
    body: text.body,
    subject,
  }
  return queueMessage(core, tx, workspaceId, ready, queued, by)
}

/** Throws `invalid_input` at `channel` for a lead that cannot be written to by it. */
export function reachBy({ id, address: kind, title }: Channel, lead: Pick<Lead, 'email' | 'phone'>): string {
  const address = addressFor(id, lead)
  if (!address)
    throw invalid('channel', `This lead has no ${kind === 'phone' ? 'phone number' : 'e-mail address'} for ${title}.`)
  if (kind === 'phone' && !/^\+[1-9]\d{6,14}$/.test(address))
    throw invalid('channel', 'The phone number of this lead has no country code. Write it like +44 20 7946 0958.')
  return address
}
