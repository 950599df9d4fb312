import type { Args, Result, Route } from './contract.ts'
import type { Answer, CallOptions, createRequest, Data } from './request.ts'
import type { Content } from './upload.ts'

/** The method of each mark; see `nouns.ts`. */
type Methods = Record<'+' | '!' | '.' | '^', 'POST'> &
  Record<'=' | '?' | '*' | '[]', 'GET'> & { '~': 'PATCH'; '-': 'DELETE' }
type Mark = keyof Methods

/** `api-keys` of `apiKeys`. */
type Home<Noun> = Noun extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Home<Rest>}`
  : ''
type Split<Noun, Text> = Text extends Mark
  ? [Home<Noun>, Text]
  : Text extends `/${infer Path} ${infer M extends Mark}`
    ? [`${Home<Noun>}/${Path}`, M]
    : Text extends `${infer Path} ${infer M extends Mark}`
      ? [Path, M]
      : never

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
      ...args: M extends '!'
        ? [...Names<R>, body: Given<R, 'body'>, call?: Omit<CallOptions, 'idempotencyKey'>]
        : M extends '+' | '~'
          ? [...Names<R>, body: Given<R, 'body'>, call?: CallOptions]
          : M extends '?'
            ? [...Names<R>, query?: Given<R, 'query'>, call?: CallOptions]
            : M extends '^'
              ? [...Names<R>, content: Content, query?: Given<R, 'query'>, call?: CallOptions]
              : [...Names<R>, call?: CallOptions]
    ) => Promise<M extends '[]' ? Row<Result<R>>[] : Data<R>>

/** The method that a marked route of a noun, as in `nouns.ts`, becomes. */
export type Verb<Noun, Text> =
  Split<Noun, Text> extends [infer Path extends string, infer M extends Mark]
    ? `${Methods[M]} /v1/${Path}` extends infer R extends Route
      ? Call<R, M>
      : never
    : never
export type Verbs<Noun, Table> = { [Name in Exclude<keyof Table, 'prototype'>]: Verb<Noun, Table[Name]> }

export type Request = ReturnType<typeof createRequest>

export const kebab = (name: string) => name.replace(/[A-Z]/g, '-$&').toLowerCase()

/** The verbs of a noun, packed as `nouns.ts` has them, as functions that send. */
export function verbsOf(noun: string, verbs: string, request: Request) {
  const sending: Record<string, ReturnType<typeof verbOf>> = {}
  for (const [, name, start, rest, mark] of verbs.matchAll(/(\w+)([@:/]?)(\S*?)(\W+)( |$)/g) as Iterable<string[]>) {
    sending[name!] = verbOf(
      kebab(start === '@' ? rest! : noun + (start === ':' ? `/:id/${name}` : start! + rest)),
      mark as Mark,
      request,
    )
  }
  return sending
}

export function verbOf(path: string, mark: Mark, request: Request) {
  const method = '+!.^'.includes(mark) ? 'POST' : mark === '~' ? 'PATCH' : mark === '-' ? 'DELETE' : 'GET'
  const takes = '+!~'.includes(mark) ? 'body' : '?*^'.includes(mark) ? 'query' : ''
  return (...values: unknown[]) => {
    const params: Record<string, unknown> = {}
    for (const [, name] of path.matchAll(/:(\w+)/g)) params[name!] = values.shift()
    const content = mark === '^' ? (values.shift() as Content) : undefined
    const input = takes ? values.shift() : undefined
    const call = { ...(values[0] as CallOptions), ...(mark === '!' && { idempotencyKey: null }), content }
    const send = (input: unknown) =>
      request(`${method} /v1/${path}` as Route, { params, [takes]: input } as unknown as Args<Route>, call) as Promise<
        Answer<Route>
      >
    if (mark === '*') return eachOf(input as object | undefined, send)
    return send(input).then(({ data }) => (mark === '[]' ? (data as { data: unknown }).data : data))
  }
}

/** Every row of a list, fetched page by page while you read. */
async function* eachOf(
  query: { cursor?: string | null } | undefined,
  fetchPage: (query?: object) => Promise<Answer<Route>>,
): AsyncGenerator<unknown, void> {
  do {
    const { data: page } = (await fetchPage(query)) as unknown as {
      data: { data: unknown[]; nextCursor: string | null }
    }
    yield* page.data
    query = { ...query, cursor: page.nextCursor }
  } while (query.cursor)
}
