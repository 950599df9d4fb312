/** What a failed send came to; see `SendError`. */
export type SendFailure = 'refused' | 'suppressed' | 'retry' | 'unknown'

/**
 * What a channel's `send` throws, so that LeadNest knows what may be done:
 *
 * - `refused`: the provider said no for good, by `code`.
 * - `suppressed`: it says that the person opted out: they are suppressed here as well.
 * - `retry`: it surely did not take the message (429, 503, no connection): it is tried again, after `retryAfter` seconds at least.
 * - `unknown`: whether it took it cannot be said, as when the answer was lost. It is never sent again by itself.
 *
 * Anything else that is thrown counts as `unknown`. `message` is shown to people of the workspace: write no secret into it.
 */
export class SendError extends Error {
  override name = 'SendError'
  readonly kind: SendFailure
  /** The provider's own code, as in `21211`. */
  readonly code: string | undefined
  readonly retryAfter: number | undefined

  constructor(
    kind: SendFailure,
    message: string,
    {
      code,
      retryAfter,
      cause,
    }: { code?: string | number | undefined; retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.kind = kind
    this.code = code === undefined ? undefined : String(code)
    this.retryAfter = retryAfter
  }
}

/** Also of another copy of the package. */
export const isSendError = (error: unknown): error is SendError =>
  error instanceof Error && error.name === 'SendError' && 'kind' in error
