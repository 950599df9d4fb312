import { definePlugin } from '@leadnest/core/plugin'
import { channel } from './channel/channel.ts'
import { takeHook } from './hooks/take-hook.ts'
import { checkServer } from './mail/send-mail.ts'
import { hookName, Settings } from './settings.ts'

/** E-mail by any SMTP server: a channel to leads, with answers and bounces. */
export const email = () =>
  definePlugin<Settings>({
    id: 'email',
    name: 'E-mail',
    version: '0.1.0',
    leadnest: '^0.1',
    capabilities: ['channels', 'leads:read', 'http:*'],
    settings: Settings,
    names: (settings) => (settings.hookSecret ? [hookName(settings)] : []),
    channels: [channel],
    routes: { 'POST /hooks/:name': takeHook },
    health: checkServer,
  })
