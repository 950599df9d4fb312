import { answerRoute, type Core, type FieldScript, fieldScripts, isSigned } from '@leadnest/core'
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
  const counted = (c: Context<Env>) => limit(c, async () => undefined)
  for (const plugin of core.plugins) {
    for (const name of Object.keys(plugin.routes ?? {}) as (keyof NonNullable<typeof plugin.routes>)[]) {
      const [method, path] = name.split(' ') as [string, string]
      const knowsSender = typeof plugin.routes![name] !== 'function'
      app.on(method, `/${plugin.id}${path === '/' ? '' : path}`, async (c) => {
        if (!knowsSender) await counted(c)
        // Read here, so that what is too large or too slow is refused as it is everywhere.
        const body = method === 'POST' ? await readBody(c, maxBody) : undefined
        const { method: verb, headers } = c.req.raw
        const request = () => new Request(c.req.url, { method: verb, headers, ...(body && { body }) })
        const asked = { params: c.req.param() as Record<string, string>, url: askedAt(c, publicBaseUrl) }
        if (knowsSender && !(await isSigned(core, plugin, name, request(), asked))) await counted(c)
        const answer = await answerRoute(core, plugin, name, request(), asked)
        // Not the plugin's answer itself: that would go without the headers that protect our origin.
        for (const [header, value] of answer.headers) if (!ours.has(header)) c.header(header, value)
        return c.newResponse(answer.body, answer.status as StatusCode)
      })
    }
  }
  return app.use(limit)
}

/**
 * The address as the outside asked for it, to the letter: senders sign it, and a parsed one may be written otherwise. What our own
 * server was asked for is believed where it means the same.
 */
function askedAt(c: Context<Env>, publicBaseUrl: string): string {
  const { pathname, search } = new URL(c.req.url)
  const parsed = pathname + search
  const raw = c.env?.incoming?.url ?? parsed
  const base = new URL(publicBaseUrl).pathname.replace(/\/$/, '')
  const below = raw.startsWith(`${base}/`) ? raw.slice(base.length) : raw
  if (!below.startsWith('/') || !URL.canParse(below, 'http://x')) return publicBaseUrl + parsed
  const meant = new URL(below, 'http://x')
  return publicBaseUrl + (meant.pathname + meant.search === parsed ? below : parsed)
}
