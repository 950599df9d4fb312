/**
 * Every way to say no, by name: what the domain refuses, and what the server refuses before it gets there, as `invalid_json`.
 * The server gives each its HTTP status; the SDK gives it back by the same name.
 */
export type ErrorCode =
  | 'address_refused'
  | 'body_too_large'
  | 'capability_missing'
  | 'empty_file'
  | 'forbidden'
  | 'headers_too_large'
  | 'idempotency_in_flight'
  | 'idempotency_mismatch'
  | 'idempotency_unsupported'
  | 'identity_taken'
  | 'internal'
  | 'invalid_cursor'
  | 'invalid_idempotency_key'
  | 'invalid_input'
  | 'invalid_json'
  | 'invalid_request'
  | 'invalid_utf8'
  | 'job_finished'
  | 'last_owner'
  | 'lead_merged'
  | 'merge_not_possible'
  | 'message_left'
  | 'method_not_allowed'
  | 'name_taken'
  | 'not_found'
  | 'not_waiting'
  | 'opt_out_stands'
  | 'origin_not_allowed'
  | 'plugin_off'
  | 'rate_limited'
  | 'request_timeout'
  | 'request_settled'
  | 'stage_in_use'
  | 'suppressed'
  | 'submission_accepted'
  | 'totp_required'
  | 'unauthenticated'
  | 'unavailable'
  | 'undo_not_possible'
  | 'unknown_reference'
  | 'unsupported_media_type'

/** One field at fault: `path` is dotted, as in `fields.phone`; `message` says what to do. */
export interface Issue {
  path: string
  message: string
}

/** What every use case throws when it says no. `message` is safe to show and says what to do next. */
export class LeadNestError extends Error {
  override name = 'LeadNestError'
  readonly code: ErrorCode
  readonly issues: Issue[]
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    details: { issues?: Issue[]; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause })
    this.code = code
    this.issues = details.issues ?? []
    this.retryAfter = details.retryAfter
  }
}

/** A refusal of one field: 422 with its path. */
export function invalid(path: string, message: string): LeadNestError {
  return new LeadNestError('invalid_input', 'Some of this does not look right.', { issues: [{ path, message }] })
}

/** Whether the caller is at fault. Anything else may go better next time. */
export const isRefusal = (error: unknown): error is LeadNestError =>
  error instanceof LeadNestError && error.code !== 'unavailable' && error.code !== 'internal'

/** A refusal in the words of an answer, as a job keeps it: of a caller's mistake nobody needs the stack. */
export const saidOf = ({ code, message, issues }: LeadNestError): { code: string; detail: string } => ({
  code,
  detail: [message, ...issues.map((issue) => issue.message)].join(' '),
})

/** Says what is refused of a part by its path in the whole. */
export async function under<Value>(path: string, part: () => Promise<Value>): Promise<Value> {
  try {
    return await part()
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.issues.length === 0) throw error
    const issues = error.issues.map((issue) => ({ ...issue, path: issue.path ? `${path}.${issue.path}` : path }))
    throw new LeadNestError(error.code, error.message, { issues, cause: error.cause })
  }
}

export function notFound(what: string): LeadNestError {
  return new LeadNestError('not_found', `There is no such ${what}.`)
}
