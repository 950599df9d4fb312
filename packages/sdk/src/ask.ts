import type { Args, Result, Route } from '@leadnest/core/contract'
import { type Answer, type CallOptions, type ClientOptions, createRequest } from './request.ts'

export type Query<R extends Route> = Args<R> extends { query: infer Q } ? Q : never
export type Body<R extends Route> = Args<R> extends { body: infer B } ? B : never

/** Calls a route of the contract; `full` also gives the answer's headers. */
export interface Ask {
  <R extends Route>(route: R, args: Args<R>, call?: CallOptions): Promise<Result<R>>
  full<R extends Route>(route: R, args: Args<R>, call?: CallOptions): Promise<Answer<R>>
}

export function createAsk(options: ClientOptions): Ask {
  const full = createRequest(options)
  return Object.assign(
    async <R extends Route>(route: R, args: Args<R>, call?: CallOptions) => (await full(route, args, call)).data,
    { full },
  )
}

/** Every row of a list, fetched page by page while you read. */
export async function* eachOf<Row>(
  cursor: string | undefined,
  fetchPage: (cursor: string | undefined) => Promise<{ data: Row[]; nextCursor: string | null }>,
): AsyncGenerator<Row, void> {
  for (;;) {
    const page = await fetchPage(cursor)
    yield* page.data
    if (!page.nextCursor) return
    cursor = page.nextCursor
  }
}
