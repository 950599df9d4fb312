import type { Core } from '../core.ts'
import { isId } from '../id.ts'
import type { Plugin } from './define-plugin.ts'
import type { RouteContext } from './plugin-context.ts'
import { turnOf, within } from './run-plugin.ts'
import { workspaceNamed } from './states.ts'

/** How long a route of a plugin may take, in ms. */
const patience = 15_000

/** Lets a plugin answer a request to one of its routes. `url` is how the outside knows the address. */
export function answerRoute(
  core: Core,
  plugin: Plugin,
  route: keyof NonNullable<Plugin['routes']>,
  request: Request,
  { params, url }: Pick<RouteContext, 'params' | 'url'>,
): Promise<Response> {
  const at: RouteContext['at'] = async (workspaceId) => {
    const turn = isId(workspaceId) ? await turnOf(core, workspaceId, plugin) : undefined
    // Also while it rests: whoever sends to it would not send again.
    return turn?.context ?? null
  }
  const find: RouteContext['find'] = async (name) => {
    const workspaceId = await workspaceNamed(core, plugin.id, name)
    return workspaceId ? at(workspaceId) : null
  }
  return within(patience, plugin, () => plugin.routes![route]!(request, { params, url, find, at }))
}
