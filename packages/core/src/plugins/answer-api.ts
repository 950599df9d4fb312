import type { Core } from '../core.ts'
import type { ApiCall } from './api.ts'
import type { Plugin } from './define-plugin.ts'
import { demandTurn, within } from './run-plugin.ts'

/** How long a handler may take, in ms; one that reads a file waits for whoever sends it. */
const patience = 30_000
const uploadPatience = 15 * 60_000

/** Lets a plugin answer a call to a route of its API, in the name of whoever asks. Throws `plugin_off`, and what it throws. */
export async function answerApi(
  core: Core,
  plugin: Plugin,
  route: string,
  { principal, ...call }: Omit<ApiCall, 'by' | 'params'> & { params: object },
): Promise<unknown> {
  const by = { actor: principal.actor, source: 'api' } as const
  const turn = await demandTurn(core, principal.workspaceId, plugin, by)
  const { endpoint, handle } = plugin.api![route]!
  return within(endpoint.uploads ? uploadPatience : patience, plugin, () =>
    handle({ ...call, principal, by } as never, turn.context),
  )
}
