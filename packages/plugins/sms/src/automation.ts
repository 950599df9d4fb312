import {
  type Event,
  type HandlerContext,
  LeadNestError,
  newId,
  type PluginDefinition,
  SendError,
} from '@leadnest/core/plugin'
import type { Provider } from './provider.ts'
import { type CommonSettings, followUpsOf } from './settings.ts'

type Parts = Pick<PluginDefinition<CommonSettings>, 'on' | 'jobs'>

/** What a new lead is sent some minutes later, unless somebody wrote; and the text to the owner. */
export function automation(provider: Provider): Parts {
  return {
    on: {
      async 'lead.captured'(event, context) {
        const { lead, settings, jobs } = context
        if (!lead) return
        for (const [i, { form, minutes }] of followUpsOf(settings).entries())
          if (isOf(event, form))
            await jobs.add(
              'follow_up',
              { leadId: lead.id, number: i },
              { key: `${lead.id} ${i}`, at: new Date(context.now().getTime() + minutes * 60_000) },
            )
        if (settings.ownerPhone && event.data.created)
          await jobs.add('tell_owner', { leadId: lead.id, form: event.data.formName ?? null }, { key: event.id })
      },
      'message.received': unlessAnswered,
      'message.queued': unlessAnswered,
    },
    jobs: {
      follow_up: {
        async run(payload, { messages, leads, settings, log }) {
          const { leadId, number, answered } = payload as { leadId: string; number: number; answered?: boolean }
          const rule = followUpsOf(settings)[number]
          if (answered || !rule || !(await leads.get(leadId))) return
          const template = (await messages.templates('sms')).find(({ name }) => name === rule.template)
          if (!template) return log.warn(`There is no template “${rule.template}” for new leads of ${rule.form}.`)
          try {
            await messages.send({ leadId, channel: 'sms', template: template.id })
          } catch (error) {
            // No number, or a no: there is nothing to try again.
            if (!(error instanceof LeadNestError)) throw error
            log.info(`A text to a new lead was not sent: ${error.code}.`)
          }
        },
      },
      tell_owner: {
        async run(payload, context) {
          const { leadId, form } = payload as { leadId: string; form: string | null }
          const lead = await context.leads.get(leadId)
          if (!lead) return
          const who = [lead.name, lead.phone, lead.email].filter(Boolean).join(', ')
          const body = `New lead${form ? ` (${form})` : ''}: ${who}\n${context.baseUrl}/admin/leads/${lead.id}`
          const [sender = null] = provider.senders(context.settings)
          const message = {
            id: newId(),
            to: context.settings.ownerPhone,
            sender,
            subject: null,
            body,
            media: [],
            inReplyTo: null,
            preferences: null,
          }
          try {
            await provider.send(message, context)
          } catch (error) {
            // What may have left is not sent again.
            if (error instanceof SendError && error.kind === 'retry') throw error
            context.log.warn('The text to the owner may not have arrived.')
          }
        },
      },
    },
  }
}

/** Puts a job that does nothing in the place of the one that waits. */
async function unlessAnswered(event: Event, { settings, jobs }: HandlerContext<CommonSettings>): Promise<void> {
  if (!event.leadId) return
  for (const [number] of followUpsOf(settings).entries())
    await jobs.add('follow_up', { leadId: event.leadId, number, answered: true }, { key: `${event.leadId} ${number}` })
}

/** A form is named by its slug, its name or its id. */
function isOf({ data }: Event, form: string): boolean {
  const names = [data.formId, data.formName, data.formSlug].map((name) => String(name ?? '').toLowerCase())
  return names.includes(form.toLowerCase())
}
