import type * as v from 'valibot'
import type { Principal } from '../accounts/principal.ts'
import type { Params, PartOf } from '../contract.ts'
import type { Endpoint } from '../endpoint.ts'
import type { By } from '../events/event.ts'
import type { Answered } from '../idempotency/answers.ts'
import type { PluginContext } from './plugin-context.ts'

/** What a handler of the API is told of a call: its parts as the schemas give them, and who asks. */
export interface ApiCall<E extends Endpoint = Endpoint, Path extends string = string> {
  params: Params<Path>
  query: [PartOf<E, 'query'>] extends [never] ? undefined : v.InferOutput<PartOf<E, 'query'>>
  body: [PartOf<E, 'body'>] extends [never] ? undefined : v.InferOutput<PartOf<E, 'body'>>
  /** Whose credential it is, and what it may do. */
  principal: Principal
  /** Who did it, for an event. */
  by: By
  /** The request itself, but for its body where the endpoint has one. */
  request: Request
}

/** Answers a call with what `returns` describes; `Answered` says another status of the endpoint, a `Response` all of it. */
type Handler<E extends Endpoint, Path extends string, Settings> = (
  call: ApiCall<E, Path>,
  context: PluginContext<Settings>,
) => Promise<v.InferOutput<E['returns']> | Answered<v.InferOutput<E['returns']>> | Response>

/** Routes of the API that a plugin brings, by method and path. */
export type Api<Settings> = Record<
  string,
  {
    endpoint: Endpoint
    // What an endpoint takes and gives was typed where it was defined.
    handle(call: never, context: PluginContext<Settings>): Promise<unknown>
  }
>

/**
 * Routes for the API: a table of endpoints as the contract has it, and a handler for each. They are served below `/v1`, checked, limited
 * and made idempotent like LeadNest's own, and stand in `/openapi.json`. The powers of a handler act in the workspace of whoever asks, in their name.
 *
 * @example
 * api: defineApi(
 *   { 'GET /v1/orders/:id': { summary: 'One order', access: 'leads:read', returns: Order } },
 *   { 'GET /v1/orders/:id': async ({ params }, { db }) => findOrder(db, params.id) },
 * )
 */
export function defineApi<const Endpoints extends Record<string, Endpoint>, Settings>(
  endpoints: Endpoints,
  handlers: {
    [Route in keyof Endpoints & string]: Handler<Endpoints[Route], Route, Settings>
  },
): Api<Settings> {
  return Object.fromEntries(
    Object.entries(endpoints).map(([route, endpoint]) => [route, { endpoint, handle: handlers[route]! }]),
  )
}

/** The endpoints of these plugins, by their routes, with what all of them may refuse. */
export const endpointsOf = (plugins: { api?: Api<never> }[]): Record<string, Endpoint> =>
  Object.fromEntries(
    plugins.flatMap(({ api = {} }) =>
      Object.entries(api).map(([route, { endpoint }]) => [
        route,
        { ...endpoint, errors: [...(endpoint.errors ?? []), 'plugin_off'] },
      ]),
    ),
  )
