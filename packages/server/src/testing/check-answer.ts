import { isDeepStrictEqual } from 'node:util'
import { endpointsOf, type Plugin } from '@leadnest/core'
import { contract, type Endpoint, type ErrorCode } from '@leadnest/core/contract'
import * as v from 'valibot'
import { codes, isCode } from '../errors/codes.ts'
import { pathPattern } from '../http/path-pattern.ts'
import { errorsOf, statusesOf } from '../openapi/errors.ts'

interface Answer {
  status: number
  headers: Headers
  text: string
  json: unknown
}

const Problem = v.strictObject({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.pipe(v.string(), v.nonEmpty()),
  code: v.custom<keyof typeof codes>((code) => typeof code === 'string' && isCode(code)),
  requestId: v.pipe(v.string(), v.uuid()),
  errors: v.optional(v.array(v.strictObject({ path: v.string(), message: v.pipe(v.string(), v.nonEmpty()) }))),
})

type Known = ReturnType<typeof routesIn>[number]

const routesIn = (endpoints: Record<string, Endpoint>) =>
  Object.entries(endpoints).map(([route, endpoint]) => {
    const [method, path] = route.split(' ') as [string, string]
    // A literal part is meant before a parameter: /v1/leads/merge is no lead.
    return {
      method,
      template: path,
      endpoint,
      literal: !path.includes(':'),
      path: pathPattern(path),
    }
  })
const ownRoutes = routesIn(contract)

/** Throws where an answer of the API is not what the contract says: another shape, a key too many, a problem that is none. */
export function checkAnswer(method: string, path: string, answer: Answer, plugins: Plugin[] = []): void {
  const { pathname } = new URL(path, 'http://localhost')
  if (!pathname.startsWith('/v1/') || method === 'HEAD') return
  const routes = plugins.length > 0 ? [...ownRoutes, ...routesIn(endpointsOf(plugins))] : ownRoutes
  const matching = routes.filter((route) => route.method === method && route.path.test(pathname))
  const route = matching.find(({ literal }) => literal) ?? matching[0]
  if (answer.status >= 400) {
    checkProblem(answer)
    if (route) checkDeclared(route, answer)
    return
  }
  if (route) checkSuccess(route, answer)
  if (answer.status === 204 || answer.status === 304) expectEqual(answer.text, '', 'an empty body')
  else checkResult(route, `${method} ${pathname}`, answer)
}

function checkResult(route: Known | undefined, asked: string, { status, headers, json, text }: Answer): void {
  if (!route) throw new Error(`${asked} answered ${status}, and is not in the contract`)
  if (!/^application\/json/.test(headers.get('content-type') ?? '')) return
  const parsed = v.safeParse(route.endpoint.returns, json)
  if (!parsed.success) throw new Error(`${asked} answered what its schema refuses:\n${told(parsed.issues)}\n${text}`)
  // A schema drops keys that it does not know.
  expectEqual(json, parsed.output, `${asked} to answer what its schema has, and no more`)
}

function checkDeclared({ method, template, endpoint }: Known, { json }: Answer): void {
  const { code } = json as { code: ErrorCode }
  if (!errorsOf(method, template, endpoint).includes(code))
    throw new Error(`${method} ${template} answered ${code}, which its row in the contract does not name under errors`)
}

function checkSuccess({ method, template, endpoint }: Known, { status, headers }: Answer): void {
  if (!statusesOf(endpoint).includes(status))
    throw new Error(`${method} ${template} answered ${status}, which its row in the contract does not name`)
  const told: readonly string[] = endpoint.tells ?? []
  for (const name of ['ETag', 'LeadNest-Form-Token'])
    if (headers.has(name) !== told.includes(name))
      throw new Error(
        `${method} ${template} answered ${told.includes(name) ? 'without' : 'with'} ${name}, against its row`,
      )
}

function checkProblem({ status, headers, json, text }: Answer): void {
  expectEqual(headers.get('content-type'), 'application/problem+json', 'the type of a problem')
  const parsed = v.safeParse(Problem, json)
  if (!parsed.success) throw new Error(`This is no problem+json:\n${told(parsed.issues)}\n${text}`)
  const { code, type, requestId } = parsed.output
  expectEqual([parsed.output.status, status], [codes[code].status, codes[code].status], `the status of ${code}`)
  expectEqual(new URL(type).pathname, `/errors/${code}`, 'the page of the code')
  expectEqual(headers.get('x-request-id') !== null && requestId.length, 36, 'a request id')
}

const told = (issues: v.BaseIssue<unknown>[]) =>
  issues.map((issue) => `${v.getDotPath(issue) ?? '(all)'}: ${issue.message}`).join('\n')

function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, expected))
    throw new Error(`Expected ${what}:\n${JSON.stringify(expected)}\nbut got\n${JSON.stringify(actual)}`)
}
