import type { PluginContext, Route, RouteContext } from '@leadnest/core/plugin'
import type { Posted, Provider } from './provider.ts'
import type { CommonSettings } from './settings.ts'
import { isJson, parametersOf } from './verify-request.ts'

/** Whose request it is: powers where it is signed; else what it is answered. */
type Verdict<Settings> = { posted: Posted; context: PluginContext<Settings> } | { refusal: 403 | 503 }

async function judge<Settings extends CommonSettings>(
  provider: Provider<Settings>,
  request: Request,
  { url, find, only }: RouteContext<Settings>,
): Promise<Verdict<Settings>> {
  const body = new Uint8Array(await request.arrayBuffer())
  const { headers } = request
  const posted = { url, headers, body, params: parametersOf(isJson(headers.get('content-type')) ? '' : body) }
  for (const name of provider.namesIn(posted)) {
    const context = await find(name)
    if (context) return provider.verify(posted, context.settings) ? { posted, context } : { refusal: 403 }
  }
  // A number that nobody listed, or a request that names none.
  const context = await only()
  if (context === 'none') return { refusal: 503 }
  if (context === 'several' || !provider.verify(posted, context.settings)) return { refusal: 403 }
  return { posted, context }
}

const refusals = {
  403: 'This is not signed by the provider.',
  503: 'No account is set up, so nothing can be verified.',
}

/** The two doors of a provider: what people wrote, and what became of what we wrote. */
export function routesOf<Settings extends CommonSettings>(
  provider: Provider<Settings>,
): Record<`POST /${string}`, Route<Settings>> {
  const door = (take: (posted: Posted, context: PluginContext<Settings>) => Promise<void>): Route<Settings> => ({
    signed: async (request, context) => 'posted' in (await judge(provider, request, context)),
    async answer(request, context) {
      const verdict = await judge(provider, request, context)
      if ('refusal' in verdict) return new Response(refusals[verdict.refusal], { status: verdict.refusal })
      await take(verdict.posted, verdict.context)
      return provider.thanks()
    },
  })
  return {
    [`POST /${provider.id}/inbound`]: door(async (posted, context) => {
      const message = provider.readInbound(posted)
      if (message) await context.channel('sms').receive(message)
    }),
    [`POST /${provider.id}/status`]: door(async (posted, context) => {
      const report = provider.readStatus(posted)
      if (report) await context.channel('sms').status(report)
    }),
  }
}
