import { readyChannel } from '../channels/find-channel.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { readLead } from '../leads/find-leads.ts'
import { templateFor } from '../message-templates/templates.ts'
import { checkMessage } from '../messages/check-message.ts'
import { queueTo } from '../messages/send-message.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Action, ActionOf } from './actions.ts'

/** What passes a lead over: no such address, a no of theirs, a template that says nothing to them. */
const passes = new Set(['suppressed', 'invalid_input'])

export const messageMany: Action<ActionOf<'message'>> = {
  async apply(tx, workspaceId, ids, { type: _, ...message }, by, _at, core) {
    const ready = await readyChannel(core, workspaceId, message.channel)
    const changes = []
    for (const leadId of ids) {
      try {
        const lead = await readLead(tx, workspaceId, leadId)
        const { id } = await queueTo(core, tx, workspaceId, ready, lead, { mediaUrls: [], ...message }, by)
        changes.push({ leadId, before: {}, after: { messageId: id } })
      } catch (error) {
        if (!(error instanceof LeadNestError && passes.has(error.code))) throw error
      }
    }
    return changes
  },
}

/** Throws `plugin_off`, `invalid_input` and `unknown_reference` for what no lead could be sent, by the place in the action. */
export async function checkMany(core: Core, workspaceId: string, action: ActionOf<'message'>): Promise<void> {
  const { channel } = await readyChannel(core, workspaceId, action.channel)
  checkMessage(core, channel, { mediaUrls: [], ...action })
}

export async function checkTemplateOf(tx: Tx, workspaceId: string, { template, channel }: ActionOf<'message'>) {
  if (template) await templateFor(tx, workspaceId, template, channel, 'action.template')
}
