import type { TaskList } from 'graphile-worker'
import type { Core } from '../core.ts'
import { deliverEvent, deliverTask, fanOut } from '../events/deliver.ts'
import { remind } from '../leads/next-action.ts'
import { forgetExpired } from './forget-expired.ts'

/** Every job there is. Jobs run at least once, so each is safe to repeat. */
export function tasks(core: Core): TaskList {
  const deliveries = core.plugins.map((plugin) => [
    deliverTask(plugin.id),
    (payload: unknown) => deliverEvent(core, plugin, payload as { workspaceId: string; eventId: string }),
  ])
  return {
    ...Object.fromEntries(deliveries),
    event: (payload) => fanOut(core, payload as { workspaceId: string; eventIds: string[] }),
    remind: (payload) => remind(core, payload as Parameters<typeof remind>[1]),
    forget_expired: () => forgetExpired(core),
  }
}

/** What runs by the clock (UTC). */
export const crontab = '7 * * * * forget_expired'
