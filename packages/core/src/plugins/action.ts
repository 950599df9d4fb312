import type { GenericSchema, InferOutput } from 'valibot'
import type { Scope } from '../accounts/account.ts'
import type { By } from '../events/event.ts'
import type { Lead } from '../leads/lead.ts'
import type { PluginContext } from './plugin-context.ts'

/** What an action is told. */
export interface ActionCall<Input = Record<never, unknown>> {
  lead: Lead
  /** What was filled in, as the schema gives it. */
  input: Input
  /** Who does it, for an event. */
  by: By
  /** The same each time this is tried again for this lead. */
  idempotencyKey: string
  /** Aborted after 10 s, when it counts as failed. */
  signal: AbortSignal
}

/** What can be done to a lead, or to each of a selection. */
export interface Action<Settings> {
  /** The words on its button. */
  title: string
  /** Where it is offered: on a lead's page, for a selection of leads, or (unless told) both. */
  on?: ('lead' | 'selection')[]
  /** Who may do it: `leads:write` unless told. */
  scope?: Scope
  /** What is asked first, as settings are; without secrets, for a job keeps it. */
  input?: GenericSchema
  /** What is said before it is done. */
  confirm?: string
  /** Returns what is said afterwards. On a selection it is called for each lead, and again where that may not have ended. */
  // What it takes was typed where it was defined.
  run(call: ActionCall<never>, context: PluginContext<Settings>): Promise<string | undefined> | string | undefined
}

/**
 * An action that asks something first, so that `run` knows what its schema gives.
 *
 * @example
 * actions: { call: defineAction({ title: 'Call', input: v.object({ from: v.string() }), run: ({ lead, input }) => … }) }
 */
export function defineAction<Schema extends GenericSchema, Settings>(
  action: Omit<Action<Settings>, 'input' | 'run'> & {
    input: Schema
    run(
      call: ActionCall<InferOutput<Schema>>,
      context: PluginContext<Settings>,
    ): Promise<string | undefined> | string | undefined
  },
): Action<Settings> {
  return action as Action<Settings>
}

export type ActionPlace = 'lead' | 'selection'

/** An action that somebody may do. */
export interface OfferedAction {
  plugin: string
  pluginName: string
  action: string
  title: string
  confirm: string | null
  input: GenericSchema | null
}
