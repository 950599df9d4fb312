import type { ErrorCode, Issue } from './contract.ts'

/** Why an import failed as a whole, and `.done()` threw. A format of another plugin may have codes of its own. */
type ImportFault =
  | 'cancelled'
  | 'duplicate_header'
  | 'invalid_encoding'
  | 'no_email_column'
  | 'no_external_id_column'
  | 'no_phone_column'
  | 'not_csv'
  | 'row_too_long'
  | 'too_many_columns'
  | 'unclosed_quote'
  | 'unknown_column'
  | 'unknown_format'

/**
 * The one error every call throws: the server refused, or could not be reached.
 *
 * A `switch` on `code` is complete: the server's own codes, `network` (no usable answer came), `timeout`,
 * `invalid_signature` of `webhooks.verify`, and what an import failed by.
 *
 * @example
 * try { await leadnest.leads.create({ email }) }
 * catch (error) { if (error instanceof LeadNestError && error.code === 'invalid_input') console.log(error.errors) }
 */
export class LeadNestError extends Error {
  override name = 'LeadNestError'
  /** Stable, for programs; `message` is for people. */
  declare readonly code: ErrorCode | ImportFault | 'invalid_signature' | 'network' | 'timeout'
  /** The HTTP status, 0 where no answer came. */
  readonly status: number = 0
  /** Names this request in the server's log; null where no answer came. */
  readonly requestId: string | null = null
  /** The fields at fault, with dotted paths such as `fields.email`; empty where no field is. */
  readonly errors: Issue[] = []
  /** Seconds after which trying again makes sense; null where the server did not say. */
  readonly retryAfter: number | null = null

  constructor(message: string, { cause, ...details }: Partial<LeadNestError> & Pick<LeadNestError, 'code'>) {
    super(message, { cause })
    Object.assign(this, details)
  }
}
