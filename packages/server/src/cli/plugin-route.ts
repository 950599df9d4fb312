import { answerApi, type Core, type Principal } from '@leadnest/core'
import { ConfigError } from '../config.ts'
import { byCommand } from './key-commands.ts'

/** What a plugin answers to a route of its API, asked from here and not by HTTP. Throws `ConfigError` where no plugin has it, `plugin_off`. */
export function answerHere(
  core: Core,
  workspaceId: string,
  route: string,
  params: Record<string, string> = {},
): Promise<unknown> {
  const plugin = core.plugins.find(({ api = {} }) => route in api)
  if (!plugin) throw new ConfigError(`No plugin that leadnest.config.ts lists answers ${route}. Add csv() to it.`)
  const principal: Principal = {
    kind: 'secret',
    workspaceId,
    user: null,
    role: null,
    scopes: ['leads:read'],
    expiresAt: null,
    origins: [],
    actor: byCommand.actor,
  }
  const request = new Request('http://localhost')
  return answerApi(core, plugin, route, {
    principal,
    params,
    query: undefined as never,
    body: undefined as never,
    request,
  })
}
