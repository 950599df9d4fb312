import { Answered, answerApi, type Core, demand, LeadNestError, type Principal, parse } from '@leadnest/core'
import { contract, type Endpoint, type Parsed, type Result, type Route } from '@leadnest/core/contract'
import type { Context, Hono } from 'hono'
import * as v from 'valibot'
import { checkText, readJson } from './body.ts'
import type { Env } from './env.ts'
import { answeredOnce, idempotencyOf } from './idempotency.ts'
import { literalFirst } from './literal-first.ts'
import { hashedUpload } from './upload.ts'

/** What a handler is handed: the parsed parts of the call, and the raw ones for those few that need them. */
export type Call<R extends Route> = Parsed<R> & {
  c: Context<Env>
  /** Hand this one to use cases: it keeps what they do in line with the caller's Idempotency-Key. */
  core: Core
  /** The body's bytes as text; empty without one. */
  text: string
} & (Access<R> extends 'anyone' | 'form' ? { principal: Principal | undefined } : { principal: Principal })

type Access<R extends Route> = (typeof contract)[R]['access']

const noQuery = v.strictObject({})

export type Mount = ReturnType<typeof endpoints>

/** Returns a function that mounts a route of the contract: access, parsing and the JSON answer are the same for all. */
export function endpoints(app: Hono<Env>, core: Core) {
  const answer = answers(app, core)
  return function mount<R extends Route>(
    route: R,
    handle: (call: Call<R>) => Promise<Result<R> | Answered<Result<R>> | Response>,
  ) {
    answer(route, contract[route], (call) => handle(call as unknown as Call<R>))
  }
}

/** The routes that plugins add to the contract. What is spelt out is asked before what has a parameter in its place. */
export function pluginEndpoints(app: Hono<Env>, core: Core): void {
  const answer = answers(app, core)
  for (const plugin of core.plugins) {
    const api = plugin.api ?? {}
    for (const route of literalFirst(Object.keys(api)))
      answer(
        route,
        api[route]!.endpoint,
        ({ core, principal, params, query, body, request }) =>
          answerApi(core, plugin, route, { params, query, body, principal: principal!, request } as never),
        // A handler may work in several transactions, and what the first one returns is no answer.
        { inSteps: true },
      )
  }
}

interface AnyCall {
  c: Context<Env>
  core: Core
  principal: Principal | undefined
  params: object
  query: unknown
  body: unknown
  text: string
  /** The request itself: its body is there where the endpoint takes uploads. */
  request: Request
}

function answers(app: Hono<Env>, core: Core) {
  return function answer(
    route: string,
    endpoint: Endpoint,
    handle: (call: AnyCall) => Promise<unknown>,
    { inSteps = false } = {},
  ) {
    const [method, path] = route.split(' ') as [string, string]

    app.on(method, path, async (c) => {
      const principal = c.get('principal')
      authorise(endpoint, principal)
      if (endpoint.showsSecret && c.req.header('idempotency-key') !== undefined) {
        throw new LeadNestError(
          'idempotency_unsupported',
          'This answer shows a secret, so it is never kept for a replay. Leave the header Idempotency-Key out.',
        )
      }
      const query = c.req.query()
      checkText(query)
      const sent = endpoint.body
        ? await readJson(c, { limit: endpoint.bodyLimit, anyNamesIn: endpoint.anyNamesIn })
        : undefined
      const type = endpoint.uploads && uploadType(c, endpoint.uploads)
      const upload = type && c.req.header('idempotency-key') !== undefined ? hashedUpload(c.req.raw) : undefined
      const call = {
        c,
        request: upload?.request ?? c.req.raw,
        principal,
        params: c.req.param(),
        query: parse(endpoint.query ?? noQuery, query),
        body: sent && parse(endpoint.body!, sent.value),
        text: sent?.text ?? type ?? '',
      }
      const key =
        method === 'GET' || endpoint.keepsAnswers ? undefined : idempotencyOf(c, core, principal, call.text, upload)
      const work = async (core: Core) => {
        const result = await handle({ ...call, core })
        if (result instanceof Response) return result
        const { result: body, status } =
          result instanceof Answered ? result : { result, status: endpoint.status ?? 200 }
        return status === 204 ? c.body(null, 204) : c.json(body as object, status)
      }
      // A key without a credential is refused where one is needed; who needs none sends forms, or logs in.
      return key && principal
        ? answeredOnce(
            c,
            core,
            {
              workspaceId: principal.workspaceId,
              key,
              status: endpoint.status ?? 200,
              inSteps,
              upload,
            },
            work,
          ).finally(() => upload?.close())
        : work(core)
    })
  }
}

/** Throws `unsupported_media_type`. */
function uploadType(c: Context, types: readonly string[]): string {
  const type = c.req.header('content-type') ?? ''
  const bare = type.split(';')[0]!.trim().toLowerCase()
  if (!types.includes(bare))
    throw new LeadNestError(
      'unsupported_media_type',
      `Send the file as ${types.join(', ')}${type ? `, not ${type.split(';')[0]}` : ''}.`,
    )
  return bare
}

function authorise({ access }: Endpoint, principal: Principal | undefined): void {
  if (access === 'anyone' || access === 'form') return
  if (!principal)
    throw new LeadNestError('unauthenticated', 'Send an access token or a secret key as Authorization: Bearer.')
  if (access === 'user') {
    if (principal.kind === 'publishable')
      throw new LeadNestError('forbidden', 'A publishable key may only draw and send forms.')
    return
  }
  demand(principal, access)
}
