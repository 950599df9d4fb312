import type { Args, Result, Route } from '@leadnest/core/contract'
import type { Answer, CallOptions, createRequest } from './request.ts'

/** The method of each mark; see `nouns.ts`. */
const methods = { '+': 'POST', '!': 'POST', '.': 'POST', '~': 'PATCH', '-': 'DELETE' } as const
type Methods = typeof methods & { '=': 'GET'; '?': 'GET'; '*': 'GET'; '[]': 'GET' }
type Mark = keyof Methods

type Split<Text> = Text extends `${infer Path} ${infer M extends Mark}` ? [`${Methods[M]} /v1/${Path}`, M] : never

type Names<Path> = Path extends `${string}:${string}/${infer Rest}`
  ? [id: string, ...Names<Rest>]
  : Path extends `${string}:${string}`
    ? [id: string]
    : []
type Given<R extends Route, Part extends 'query' | 'body'> = Args<R> extends Record<Part, infer Value> ? Value : never
type Row<Page> = Page extends { data: (infer R)[] } ? R : never

type Call<R extends Route, M> = M extends '*'
  ? (...args: [...Names<R>, query?: Given<R, 'query'>, call?: CallOptions]) => AsyncGenerator<Row<Result<R>>, void>
  : (
      ...args: M extends '+' | '!' | '~'
        ? [...Names<R>, body: Given<R, 'body'>, call?: CallOptions]
        : M extends '?'
          ? [...Names<R>, query?: Given<R, 'query'>, call?: CallOptions]
          : [...Names<R>, call?: CallOptions]
    ) => Promise<M extends '[]' ? Row<Result<R>>[] : Result<R>>

/** The method that a marked route, as in `nouns.ts`, becomes. */
export type Verb<Text> = Split<Text> extends [infer R extends Route, infer M] ? Call<R, M> : never
export type Verbs<Noun> = { [Name in Exclude<keyof Noun, 'prototype'>]: Verb<Noun[Name]> }

export type Request = ReturnType<typeof createRequest>

/** The verbs of a noun, as functions that send. */
export function verbsOf<Noun extends object>(noun: Noun, request: Request): Verbs<Noun> {
  // The fields of a class are enumerable, what every function has is not.
  const verbs: unknown = Object.fromEntries(Object.entries(noun).map(([name, text]) => [name, verbOf(text, request)]))
  return verbs as Verbs<Noun>
}

function verbOf(text: string, request: Request) {
  const [path, mark] = text.split(' ') as [string, Mark]
  const route = `${(methods as Partial<Methods>)[mark] ?? 'GET'} /v1/${path}` as Route
  const names = path.match(/:\w+/g) ?? []
  const takes = '+!~'.includes(mark) ? 'body' : '?*'.includes(mark) ? 'query' : ''
  return (...values: unknown[]) => {
    const params = Object.fromEntries(names.map((name, i) => [name.slice(1), values[i]]))
    const rest = values.slice(names.length)
    const input = takes ? (rest.shift() as object | undefined) : undefined
    const [call] = rest as [CallOptions?]
    const send = (input?: object) =>
      request(route, { params, [takes]: input } as Args<Route>, call, mark === '!') as Promise<Answer<Route>>
    if (mark === '*') return eachOf(input, send)
    return send(input).then(({ data }) => (mark === '[]' ? (data as { data: unknown }).data : data))
  }
}

/** Every row of a list, fetched page by page while you read. */
async function* eachOf(
  query: { cursor?: string | null } = {},
  fetchPage: (query: object) => Promise<Answer<Route>>,
): AsyncGenerator<unknown, void> {
  let { cursor } = query
  do {
    const { data: page } = (await fetchPage({ ...query, cursor })) as unknown as {
      data: { data: unknown[]; nextCursor: string | null }
    }
    yield* page.data
    cursor = page.nextCursor
  } while (cursor)
}
