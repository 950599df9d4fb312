import { definePlugin } from '@leadnest/core/plugin'
import { channel } from './channel/channel.ts'
import { takeHook } from './hooks/take-hook.ts'
import { sendLink } from './mail/send-link.ts'
import { checkServer } from './mail/send-mail.ts'
import { escalate } from './notices/answering.ts'
import { on } from './notices/on.ts'
import { sendNotices } from './notices/send-notices.ts'
import { tidy } from './notices/tidy.ts'
import { pages } from './pages/pages.ts'
import { hookName, Settings } from './settings.ts'
import { migrations } from './tables.ts'

/** E-mail by any SMTP server: a channel to leads, with answers and bounces, and what members hear of. */
export const email = () =>
  definePlugin<Settings>({
    id: 'email',
    name: 'E-mail',
    version: '0.1.0',
    leadnest: '^0.1',
    capabilities: ['channels', 'send:email', 'leads:read', 'members:read', 'links', 'tables', 'http:*'],
    settings: Settings,
    migrations,
    names: (settings) => (settings.hookSecret ? [hookName(settings)] : []),
    channels: [channel],
    routes: { 'POST /hooks/:name': takeHook },
    on,
    jobs: {
      notices: { run: (payload, context) => sendNotices((payload as { userId: string }).userId, context) },
      escalate: { run: (payload, context) => escalate((payload as { leadId: string }).leadId, context) },
      tidy: { cron: '23 * * * *', run: (_, context) => tidy(context) },
    },
    sendLink,
    pages,
    health: checkServer,
  })
