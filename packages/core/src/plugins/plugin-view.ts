import * as v from 'valibot'
import { Setting } from './setting.ts'

/** A plugin as a workspace has it. It does nothing while it is off, needs settings, or rests after five failures in a row. */
export const PluginView = v.object({
  id: v.string(),
  name: v.string(),
  version: v.nullable(v.string()),
  capabilities: v.array(v.string()),
  /** Types of events; `*` is all of them. */
  listensTo: v.array(v.string()),
  /** What it brings, by the keys of its object: names of routes, pages, panels, actions, field types, jobs, tables, hooks… */
  adds: v.record(v.string(), v.array(v.string())),
  enabled: v.boolean(),
  needsSettings: v.boolean(),
  failures: v.number(),
  restingUntil: v.nullable(v.string()),
  lastError: v.nullable(v.string()),
  settings: v.array(Setting),
})

/** What is named is changed; of settings, `null` clears one. */
export const PluginPatch = v.strictObject({
  enabled: v.optional(v.boolean()),
  settings: v.optional(v.record(v.string(), Setting.entries.value)),
})

export type PluginView = v.InferOutput<typeof PluginView>
export type PluginPatch = v.InferOutput<typeof PluginPatch>
