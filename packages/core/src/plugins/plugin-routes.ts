import type { Core } from '../core.ts'
import { isId } from '../id.ts'
import type { Plugin } from './define-plugin.ts'
import type { RouteContext } from './plugin-context.ts'
import { turnOf, within } from './run-plugin.ts'
import { workspaceNamed, workspacesWithNames } from './states.ts'

/** How long a route of a plugin may take, in ms. */
const patience = 15_000

type RouteName = keyof NonNullable<Plugin['routes']>
type Asked = Pick<RouteContext, 'params' | 'url'>

/** Lets a plugin answer a request to one of its routes. `url` is how the outside knows the address. */
export function answerRoute(
  core: Core,
  plugin: Plugin,
  name: RouteName,
  request: Request,
  asked: Asked,
): Promise<Response> {
  const route = plugin.routes![name]!
  const answer = typeof route === 'function' ? route : route.answer
  return within(patience, plugin, () => answer(request, contextOf(core, plugin, asked)))
}

/** Whether a request to a route proves who sent it. */
export async function isSigned(
  core: Core,
  plugin: Plugin,
  name: RouteName,
  request: Request,
  asked: Asked,
): Promise<boolean> {
  const route = plugin.routes![name]!
  if (typeof route === 'function') return false
  return within(patience, plugin, () => route.signed(request, contextOf(core, plugin, asked)))
}

const contexts = new WeakMap<Asked, RouteContext>()

/** The same for both of one request: what `signed` found out of it, `answer` need not. */
function contextOf(core: Core, plugin: Plugin, asked: Asked): RouteContext {
  const context = contexts.get(asked) ?? makeContext(core, plugin, asked)
  contexts.set(asked, context)
  return context
}

function makeContext(core: Core, plugin: Plugin, asked: Asked): RouteContext {
  // Also while it rests: whoever sends to it would not send again.
  const at: RouteContext['at'] = async (workspaceId) =>
    (isId(workspaceId) && (await turnOf(core, workspaceId, plugin))?.context) || null
  return {
    ...asked,
    at,
    find: async (name) => at((await workspaceNamed(core, plugin, name)) ?? ''),
    async only() {
      const [one, other] = await workspacesWithNames(core, plugin)
      return other ? 'several' : ((await at(one ?? '')) ?? 'none')
    },
  }
}
