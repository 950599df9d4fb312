import type { ArgsOf, Contract as CoreContract, ResultOf } from '@leadnest/core/contract'
import type { csvEndpoints } from '@leadnest/plugin-csv/contract'
import type { endpoints as webhookEndpoints } from '@leadnest/plugin-webhooks/contract'

export type * from '@leadnest/core/contract'

/** What a server answers that has the plugins which come with LeadNest. Types only: the build writes them out in full. */
export type Contract = CoreContract & typeof csvEndpoints & typeof webhookEndpoints

export type Route = keyof Contract

/** What a caller sends: params, query and body, only those the route has. */
export type Args<R extends Route> = ArgsOf<Contract, R>

export type Result<R extends Route> = ResultOf<Contract, R>

/** The routes that answer no JSON, but a stream of bytes: downloads, and events as they happen. */
export type Streamed = { [R in Route]: Contract[R] extends { answers: string } ? R : never }[Route]
