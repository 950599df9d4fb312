import type { Args, Result } from './contract.ts'
import type { CallOptions } from './request.ts'

type Route = 'POST /v1/api-keys'
type Input = Args<Route>['body']

/** What a key may do, as in `leads:read`. */
export type Scope = NonNullable<Input['scopes']>[number]

/** A secret key names at least one scope; a publishable one, which draws and sends forms, has none. */
export type KeyInput = Omit<Input, 'kind' | 'scopes'> &
  ({ kind?: 'secret'; scopes: readonly [Scope, ...Scope[]] } | { kind: 'publishable'; scopes?: readonly [] })

export interface MakingKeys {
  /** Makes a key that can do no more than yours; `key` is shown this once. Throws `forbidden`. */
  create(input: KeyInput, call?: CallOptions): Promise<Result<Route>>
}
