import type { Args, Result, Route } from '@leadnest/core/contract'
import type { Answer, CallOptions, createRequest } from './request.ts'

type Mark = '' | '+' | '!' | '?' | '*' | '[]'
type Split<Text> = Text extends `${infer Method} ${infer Path} ${infer M extends Mark}`
  ? [`${Method} ${Path}`, M]
  : [Text, '']

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
      ...args: M extends '+' | '!'
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
  const [method, path, mark] = text.split(' ') as [string, string, Mark?]
  const names = path.match(/:\w+/g) ?? []
  const send = (values: unknown[], input: unknown, call?: CallOptions) => {
    const params = Object.fromEntries(names.map((name, i) => [name.slice(1), values[i]]))
    const args = { params, [mark === '+' || mark === '!' ? 'body' : 'query']: input }
    return request(`${method} ${path}` as Route, args as Args<Route>, call, mark === '!') as Promise<Answer<Route>>
  }
  return (...args: unknown[]) => {
    const input = mark && mark !== '[]' ? args[names.length] : undefined
    const call = args[names.length + (mark && mark !== '[]' ? 1 : 0)] as CallOptions | undefined
    if (mark === '*') return eachOf((cursor) => send(args, { ...(input as object), ...(cursor && { cursor }) }, call))
    return send(args, input, call).then(({ data }) => (mark === '[]' ? (data as { data: unknown }).data : data))
  }
}

/** Every row of a list, fetched page by page while you read. */
async function* eachOf(fetchPage: (cursor?: string | null) => Promise<Answer<Route>>): AsyncGenerator<unknown, void> {
  let cursor: string | null | undefined
  do {
    const { data: page } = (await fetchPage(cursor)) as unknown as {
      data: { data: unknown[]; nextCursor: string | null }
    }
    yield* page.data
    cursor = page.nextCursor
  } while (cursor)
}
