import { answerRoute, type Core } from '@leadnest/core'
import { Hono } from 'hono'
import { readBody } from '../http/body.ts'
import type { Env } from '../http/env.ts'

/** The most that a request to a plugin may hold: 1 MiB. */
const limit = 1024 * 1024

/** What plugins answer by themselves, each below its id. Mounted at /plugins. */
export function pluginAnswers(core: Core, publicBaseUrl: string): Hono<Env> {
  const app = new Hono<Env>()
  for (const plugin of core.plugins) {
    for (const route of Object.keys(plugin.routes ?? {}) as (keyof NonNullable<typeof plugin.routes>)[]) {
      const [method, path] = route.split(' ') as [string, string]
      app.on(method, `/${plugin.id}${path === '/' ? '' : path}`, async (c) => {
        // Read here, so that what is too large or too slow is refused as it is everywhere.
        const body = method === 'POST' ? await readBody(c, limit) : undefined
        const { method: verb, headers } = c.req.raw
        const request = new Request(c.req.url, { method: verb, headers, ...(body && { body }) })
        const { pathname, search } = new URL(c.req.url)
        return answerRoute(core, plugin, route, request, {
          params: c.req.param() as Record<string, string>,
          url: publicBaseUrl + pathname + search,
        })
      })
    }
  }
  return app
}
