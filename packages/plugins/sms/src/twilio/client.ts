import type { PluginContext } from '@leadnest/core/plugin'
import type { Twilio } from 'twilio'
import type { Account } from './settings.ts'

/** How long Twilio may take to answer, in ms. */
const patience = 20_000

interface Asked {
  method: string
  uri: string
  username?: string
  password?: string
  headers?: Record<string, string>
  data?: Record<string, unknown>
  params?: Record<string, unknown>
}

/**
 * Twilio's own client, whose requests go through the plugin's guarded `fetch`, to `apiUrl`: the package names the hosts itself. It is loaded at
 * the first use, for it is large.
 */
export async function clientOf(
  { sid, tokens }: Account,
  { fetch }: Pick<PluginContext, 'fetch'>,
  apiUrl: string,
): Promise<Twilio> {
  const { default: twilio } = await import('twilio')
  const httpClient = {
    async request({ method, uri, username, password, headers = {}, data, params }: Asked) {
      const url = placed(uri, apiUrl)
      for (const [name, value] of pairsOf(params)) url.searchParams.append(name, value)
      const body = data && new URLSearchParams(pairsOf(data)).toString()
      const response = await fetch(url, {
        method: method.toUpperCase(),
        headers: {
          ...headers,
          authorization: basic(username ?? sid, password ?? tokens[0]!),
          ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(patience),
      })
      const text = await response.text()
      return {
        statusCode: response.status,
        body: read(text),
        headers: Object.fromEntries(response.headers),
      }
    },
  }
  return twilio(sid, tokens[0]!, { httpClient: httpClient as never, autoRetry: false })
}

export const basic = (name: string, password: string) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

/** At another address where there is one. */
export function placed(uri: string, apiUrl: string): URL {
  const url = new URL(uri)
  const api = new URL(apiUrl)
  if (api.host === 'api.twilio.com') return url
  return new URL(api.pathname.replace(/\/$/, '') + url.pathname + url.search, api.origin)
}

function pairsOf(values: Record<string, unknown> = {}): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== undefined && one !== null)
      .map((one): [string, string] => [name, String(one)]),
  )
}

/** What is no JSON is left as text. */
function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
