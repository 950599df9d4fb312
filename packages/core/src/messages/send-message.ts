import type { Channel } from '../channels/channel.ts'
import { readyChannel } from '../channels/find-channel.ts'
import type { Core } from '../core.ts'
import { invalid } from '../errors.ts'
import type { By } from '../events/event.ts'
import { lockLead, readLead } from '../leads/find-leads.ts'
import type { Lead } from '../leads/lead.ts'
import { parse } from '../parse.ts'
import { unknownReference } from '../pipelines/pipelines.ts'
import { addressFor } from '../suppressions/address.ts'
import { checkMessage, checkSender } from './check-message.ts'
import { type Message, MessageInput } from './message.ts'
import { queueMessage } from './queue-message.ts'
import { shown } from './statements.ts'

/**
 * Queues a message to a lead, at once or for a time. Throws `not_found`, `lead_merged`, `suppressed` (the plugin is not even asked),
 * `plugin_off`, `unknown_reference` at `template`, and `invalid_input`, as where the lead has no such address.
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
    await lockLead(tx, workspaceId, leadId)
    const lead = await readLead(tx, workspaceId, leadId)
    if (checked.template) throw unknownReference('template', 'There is no such template.')
    const body = checked.body!
    const address = reachBy(ready.channel, lead)
    return shown(await queueMessage(core, tx, workspaceId, ready, { ...checked, address, leadId: lead.id, body }, by))
  })
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
