import type { Core } from '../core.ts'
import { type ErrorCode, LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import type { Plugin } from './define-plugin.ts'
import type { PluginContext } from './plugin-context.ts'
import { demandTurn, watched, within } from './run-plugin.ts'

/** What is a plugin's own fault, and not its answer to somebody. */
const faults: ErrorCode[] = ['address_refused', 'capability_missing', 'internal', 'unavailable']

/**
 * Lets a plugin work for somebody who waits for it, in their name, for `patience` ms at most. Throws `plugin_off`, what the
 * plugin refuses, and `internal` where it fails, which is counted: that it could not do `what`.
 */
export async function askPlugin<T>(
  core: Core,
  plugin: Plugin,
  { workspaceId, by, patience, what }: { workspaceId: string; by: By; patience: number; what: string },
  work: (context: PluginContext, signal: AbortSignal, goOn: () => void) => Promise<T> | T,
): Promise<T> {
  const turn = await demandTurn(core, workspaceId, plugin, by)
  const attempt = async (signal: AbortSignal, goOn: () => void) => {
    try {
      return await work(turn.context, signal, goOn)
    } catch (error) {
      if (error instanceof LeadNestError && !faults.includes(error.code)) return new Refusal(error)
      throw error
    }
  }
  try {
    // While it rests it still answers those who look, but what it says then does not end its rest.
    const answer = await (turn.restsFor > 0
      ? within(patience, plugin, attempt)
      : watched(core, workspaceId, plugin, patience, attempt))
    if (!(answer instanceof Refusal)) return answer
    throw answer
  } catch (error) {
    if (error instanceof Refusal) throw error.refused
    throw new LeadNestError('internal', `The plugin ${plugin.name} could not ${what}.`, { cause: error })
  }
}

/** A plugin's no, apart from what goes wrong in it. */
class Refusal {
  readonly refused: LeadNestError
  constructor(refused: LeadNestError) {
    this.refused = refused
  }
}
