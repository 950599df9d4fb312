import type { Event, EventType } from './events/event.ts'
import type { Lead } from './leads/lead.ts'

export { LeadNestError } from './errors.ts'
export type { Event, EventType, Lead }

/** What a handler is handed. `idempotencyKey` is the same each time the job is tried again. */
export interface HandlerContext {
  workspaceId: string
  idempotencyKey: string
  /** Aborted after a minute, when the job counts as failed. */
  signal: AbortSignal
  /** The lead that the event is about, as it is now. */
  lead: Lead | null
  log: { info(message: string): void; warn(message: string): void }
}

/** What a plugin adds to LeadNest. What is not in the object it cannot do. */
export interface Plugin {
  /** Small letters, digits and hyphens; it names the plugin's jobs. */
  id: string
  name: string
  version?: string
  /** Runs after the event is committed, as a job of its own: it is run at least once, and again after a throw. */
  on?: { [Type in EventType]?: (event: Event, context: HandlerContext) => Promise<void> | void }
}

/**
 * Checks a plugin's shape where it is written.
 * @example export const hello = () => definePlugin({ id: 'hello', name: 'Hello', on: { 'lead.captured': (event, { log }) => log.info(event.id) } })
 */
export function definePlugin(plugin: Plugin): Plugin {
  if (!/^[a-z][a-z0-9-]{0,49}$/.test(plugin.id))
    throw new Error(
      `The plugin id “${plugin.id}” must begin with a small letter; small letters, digits and hyphens may follow.`,
    )
  return plugin
}
