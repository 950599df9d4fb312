/** What plugins are made of: `import { definePlugin } from '@leadnest/core/plugin'`. */

export { LeadNestError } from './errors.ts'
export type { Event, EventType } from './events/event.ts'
export type { OwnEvent } from './events/own-event.ts'
export type { Lead, LeadInput, LeadPage, LeadPatch } from './leads/lead.ts'
export type { Note } from './notes/note.ts'
export { definePlugin, type Plugin, type PluginDefinition } from './plugins/define-plugin.ts'
export type {
  Capability,
  Draft,
  DraftChange,
  HandlerContext,
  JobContext,
  LeadPowers,
  PluginContext,
  RouteContext,
} from './plugins/plugin-context.ts'
export { sql } from './postgres/sql.ts'
export { unsubscribeHeaders } from './preferences/link.ts'
