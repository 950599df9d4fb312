import { answerRoute, type Core, type FieldScript, fieldScripts } from '@leadnest/core'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { readBody } from '../http/body.ts'
import type { Env } from '../http/env.ts'

/** The most that a request to a plugin may hold: 1 MiB. */
const maxBody = 1024 * 1024

/** What a plugin cannot say: how its answer may be used on our origin, and what belongs to the admin. */
const ours = new Set(['content-security-policy', 'x-content-type-options', 'referrer-policy', 'set-cookie'])

/** What draws a field of a form, for any page that shows the form. Its address changes with it. */
function fieldScript(c: Context<Env>, { text }: FieldScript): Response {
  c.header('content-type', 'text/javascript; charset=utf-8')
  c.header('cache-control', 'public, max-age=31536000, immutable')
  c.header('access-control-allow-origin', '*')
  c.header('cross-origin-resource-policy', 'cross-origin')
  return c.body(text)
}

/** What plugins answer by themselves, each below its id. Mounted at /plugins. */
export function pluginAnswers(core: Core, publicBaseUrl: string, limit: MiddlewareHandler<Env>): Hono<Env> {
  const app = new Hono<Env>()
  for (const script of fieldScripts(core.plugins))
    app.get(script.path.replace('/plugins', ''), (c) => fieldScript(c, script))
  app.use(limit)
  for (const plugin of core.plugins) {
    for (const route of Object.keys(plugin.routes ?? {}) as (keyof NonNullable<typeof plugin.routes>)[]) {
      const [method, path] = route.split(' ') as [string, string]
      app.on(method, `/${plugin.id}${path === '/' ? '' : path}`, async (c) => {
        // Read here, so that what is too large or too slow is refused as it is everywhere.
        const body = method === 'POST' ? await readBody(c, maxBody) : undefined
        const { method: verb, headers } = c.req.raw
        const request = new Request(c.req.url, { method: verb, headers, ...(body && { body }) })
        const { pathname, search } = new URL(c.req.url)
        const answer = await answerRoute(core, plugin, route, request, {
          params: c.req.param() as Record<string, string>,
          url: publicBaseUrl + pathname + search,
        })
        // Not the plugin's answer itself: that would go without the headers that protect our origin.
        for (const [name, value] of answer.headers) if (!ours.has(name)) c.header(name, value)
        return c.newResponse(answer.body, answer.status as StatusCode)
      })
    }
  }
  return app
}
