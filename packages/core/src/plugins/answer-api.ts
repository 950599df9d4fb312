import type { Core } from '../core.ts'
import type { ApiCall } from './api.ts'
import { arriving } from './arriving.ts'
import type { Plugin } from './define-plugin.ts'
import { demandTurn, within } from './run-plugin.ts'

/** How long a handler may take, in ms; one that reads a file, since the last of it that came. */
const patience = 30_000
const uploadPatience = 15 * 60_000

/** Lets a plugin answer a call to a route of its API, in the name of whoever asks. Throws `plugin_off`, and what it throws. */
export async function answerApi(
  core: Core,
  plugin: Plugin,
  route: string,
  { principal, request, ...call }: Omit<ApiCall, 'by' | 'params'> & { params: object },
): Promise<unknown> {
  const by = { actor: principal.actor, source: 'api' } as const
  const turn = await demandTurn(core, principal.workspaceId, plugin, by)
  const { endpoint, handle } = plugin.api![route]!
  return within(endpoint.uploads ? uploadPatience : patience, plugin, (_, goOn) =>
    handle(
      { ...call, request: endpoint.uploads ? arriving(request, goOn) : request, principal, by } as never,
      turn.context,
    ),
  )
}
