import { definePlugin } from '@leadnest/core/plugin'
import * as v from 'valibot'

const Settings = v.object({
  webhookUrl: v.pipe(
    v.string(),
    v.url(),
    v.startsWith('https://hooks.slack.com/', 'Copy the address of an incoming webhook from Slack.'),
    v.title('Incoming webhook'),
    v.description('Slack → your app → Incoming Webhooks → Copy.'),
    v.metadata({ secret: true }),
  ),
})

/** Slack reads these three as its own marks: https://docs.slack.dev/messaging/formatting-message-text */
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Writes a line to a Slack channel for each form that somebody sent. */
export const slack = () =>
  definePlugin({
    id: 'slack',
    name: 'Slack',
    version: '0.1.0',
    leadnest: '^0.1',
    capabilities: ['http:hooks.slack.com'],
    settings: Settings,
    on: {
      async 'lead.captured'({ data }, { lead, settings, fetch, signal }) {
        if (!lead) return
        const who = [lead.name, lead.email, lead.phone, lead.company].filter((part) => part !== null).join(' · ')
        const text = `${data.created ? 'New lead' : 'Back again'}: ${who} (${data.formName ?? 'a form'})`
        const answer = await fetch(settings.webhookUrl, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: escaped(text) }),
          signal,
        })
        if (!answer.ok) throw new Error(`Slack answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`)
      },
    },
  })
