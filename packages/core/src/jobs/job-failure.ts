/** Ends a job, and says why: `code` is stable, as in `unclosed_quote`. Trying again would not help. */
export class JobFailure extends Error {
  override name = 'JobFailure'
  readonly code: string
  /** Of what was read: the one that stopped it. */
  readonly row: number | undefined

  constructor(code: string, detail: string, { row }: { row?: number } = {}) {
    // Which may quote text up to the half of a character, that Postgres does not hold. The SDK and the widget are checked with this file, for
    // browsers that have no `toWellFormed`.
    super(detail.replace(/\p{Cs}/gu, '\ufffd'))
    this.code = code
    this.row = row
  }
}
