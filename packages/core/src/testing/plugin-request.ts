import type { Core } from '../core.ts'
import { answerRoute } from '../plugins/plugin-routes.ts'

/** What is sent to a route; an object goes as JSON. */
export interface PluginRequest {
  headers?: Record<string, string>
  body?: string | URLSearchParams | Uint8Array<ArrayBuffer> | object
}

const origin = 'http://localhost:3000'

/** Sends a request to a plugin's routes, as in `/plugins/shop/orders/7`; 404 where none of them is meant. */
export async function requestPlugin(
  core: Core,
  method: 'GET' | 'POST',
  path: string,
  { headers = {}, body }: PluginRequest = {},
): Promise<Response> {
  const url = origin + path
  const [, root, id, ...given] = new URL(url).pathname.split('/')
  const plugin = root === 'plugins' ? core.plugins.find((plugin) => plugin.id === id) : undefined
  for (const route of Object.keys(plugin?.routes ?? {}) as `${typeof method} /${string}`[]) {
    const params = route.startsWith(`${method} `) ? match(route.slice(method.length + 2), given) : undefined
    if (!params) continue
    const plain =
      body === undefined || typeof body === 'string' || body instanceof URLSearchParams || body instanceof Uint8Array
    const sent = new Headers(plain ? headers : { 'content-type': 'application/json', ...headers })
    const request = new Request(url, { method, headers: sent, body: plain ? (body ?? null) : JSON.stringify(body) })
    return answerRoute(core, plugin!, route, request, { params, url })
  }
  return new Response(null, { status: 404 })
}

function match(route: string, given: string[]): Record<string, string> | undefined {
  const wanted = route.split('/')
  const fits =
    wanted.length === Math.max(given.length, 1) &&
    wanted.every((part, i) => part.startsWith(':') || part === (given[i] ?? ''))
  if (!fits) return undefined
  return Object.fromEntries(
    wanted.flatMap((part, i) => (part.startsWith(':') ? [[part.slice(1), decodeURIComponent(given[i]!)]] : [])),
  )
}
