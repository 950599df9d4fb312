import type { Event, HandlerContext, PluginDefinition } from '@leadnest/core/plugin'
import type { Settings } from '../settings.ts'
import { answered, autoReply, awaitAnswer } from './answering.ts'
import { tell } from './tell.ts'

type Handlers = NonNullable<PluginDefinition<Settings>['on']>

const formOf = ({ data }: Event) => (typeof data.formName === 'string' ? data.formName : null)

/** What members hear of, and what follows from it. */
export const on: Handlers = {
  async 'lead.captured'(event, context) {
    const { lead } = context
    if (!lead) return
    await tell(context, {
      eventId: event.id,
      kind: 'new_lead',
      leadId: lead.id,
      about: formOf(event),
      only: lead.ownerId,
    })
    await awaitAnswer(event, lead.id, context)
    await autoReply(lead.id, context)
  },
  'lead.assigned': (event, context) => given(event, context),
  async 'lead.updated'(event, context) {
    await answered(event, context)
    const { changes } = event.data as { changes?: object }
    if (changes && 'ownerId' in changes) await given(event, context)
  },
  async 'message.received'(event, context) {
    const { lead } = context
    await tell(context, { eventId: event.id, kind: 'reply', leadId: lead?.id ?? null, only: lead?.ownerId ?? null })
    if (lead) await awaitAnswer(event, lead.id, context)
  },
  'submission.held': (event, context) =>
    tell(context, { eventId: event.id, kind: 'held', leadId: null, about: formOf(event) }),
  'plugin.told': endpointTold,
  'message.queued': answered,
  'note.added': answered,
  'lead.tagged': answered,
  'lead.deleted': answered,
}

/** Nobody notices by themselves that a webhook endpoint, which only failed, was turned off. */
async function endpointTold({ id, data }: Event, context: HandlerContext<Settings>): Promise<void> {
  const { pluginId, what, host } = data
  if (pluginId !== 'webhooks' || what !== 'endpoint.disabled') return
  const about = typeof host === 'string' ? host : null
  await tell(context, { eventId: id, kind: 'endpoint', leadId: null, about, admins: true })
}

/** Whoever has the lead now hears it, unless they took it themselves. */
async function given({ id, actor }: Event, context: HandlerContext<Settings>): Promise<void> {
  const { lead } = context
  if (!lead?.ownerId) return
  const except = actor.type === 'user' ? actor.id : null
  await tell(context, { eventId: id, kind: 'assigned', leadId: lead.id, only: lead.ownerId, except })
}
