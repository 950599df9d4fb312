import { type Event, LeadNestError, type Message, type PluginDefinition, SendError } from '@leadnest/core/plugin'
import { type CommonSettings, followUpsOf } from './settings.ts'

type Parts = Pick<PluginDefinition<CommonSettings>, 'on' | 'jobs'>

/** What is different a moment later. */
const passing = new Set(['unavailable', 'idempotency_in_flight'])
const isPassing = (error: unknown) => error instanceof LeadNestError && passing.has(error.code)

/** What a new lead is sent some minutes later, unless somebody wrote; and the text to the owner. */
export function automation(): Parts {
  return {
    on: {
      async 'lead.captured'(event, context) {
        const { lead, settings, jobs } = context
        if (!lead) return
        for (const [i, { form, minutes }] of followUpsOf(settings).entries())
          if (isOf(event, form))
            await jobs.add(
              'follow_up',
              { leadId: lead.id, number: i, since: event.createdAt },
              { key: `${lead.id} ${i}`, at: new Date(context.now().getTime() + minutes * 60_000) },
            )
        if (settings.ownerPhone && event.data.created)
          await jobs.add(
            'tell_owner',
            { leadId: lead.id, form: event.data.formName ?? null, event: event.id },
            { key: event.id },
          )
      },
    },
    jobs: {
      follow_up: {
        async run(payload, { messages, leads, settings, log }) {
          const { leadId, number, since } = payload as { leadId: string; number: number; since: string }
          const rule = followUpsOf(settings)[number]
          if (!rule || !(await leads.get(leadId))) return
          if ((await messages.list({ leadId, since: new Date(since) })).some(isByPerson)) return
          const template = (await messages.templates('sms')).find(({ name }) => name === rule.template)
          if (!template) return log.warn(`There is no template “${rule.template}” for new leads of ${rule.form}.`)
          try {
            const key = `follow up ${leadId} ${number} ${since}`
            await messages.send({ leadId, channel: 'sms', template: template.id }, { key })
          } catch (error) {
            // No number, or a no: there is nothing to try again.
            if (!(error instanceof LeadNestError) || isPassing(error)) throw error
            log.info(`A text to a new lead was not sent: ${error.code}.`)
          }
        },
      },
      tell_owner: {
        async run(payload, context) {
          const { leadId, form, event } = payload as { leadId: string; form: string | null; event: string }
          const lead = await context.leads.get(leadId)
          if (!lead) return
          const who = [lead.name, lead.phone, lead.email].filter(Boolean).join(', ')
          const body = `New lead${form ? ` (${form})` : ''}: ${who}\n${context.baseUrl}/admin/leads/${lead.id}`
          try {
            await context.channel('sms').notify({ to: context.settings.ownerPhone, body }, { key: event })
          } catch (error) {
            // What may have left is not sent again, and neither is what was refused.
            if (error instanceof SendError ? error.kind === 'retry' : isPassing(error)) throw error
            context.log.warn('The text to the owner may not have arrived.')
          }
        },
      },
    },
  }
}

/** Somebody wrote: they, or one of us; not LeadNest or a plugin by itself. */
const isByPerson = ({ direction, actor }: Message) =>
  direction === 'in' || (actor.type !== 'system' && actor.type !== 'plugin')

/** A form is named by its slug, its name or its id. */
function isOf({ data }: Event, form: string): boolean {
  const names = [data.formId, data.formName, data.formSlug].map((name) => String(name ?? '').toLowerCase())
  return names.includes(form.toLowerCase())
}
