import * as v from 'valibot'
import type { Scope } from './accounts/account.ts'
import type { ErrorCode } from './errors.ts'

// biome-ignore lint/suspicious/noExplicitAny: a schema's own types are inferred where the entry is used
export type Schema = v.GenericSchema<any, any>

/** One route of the HTTP API. */
export interface Endpoint {
  /** What it does, in one line. It becomes the OpenAPI summary. */
  summary: string
  /** `form`: browsers with a publishable key or an allowed origin. `anyone`: no credential. `user`: any credential. Else a scope. */
  access: 'anyone' | 'form' | 'user' | Scope
  query?: Schema
  body?: Schema
  /** How many bytes the body may have: 64 KiB unless told. */
  bodyLimit?: number
  /** A part of the body that is read by names of others, as those of columns are: also `constructor`, which is refused elsewhere. */
  anyNamesIn?: string
  /** Media types of a body of any size, in place of `body`: the handler reads it from the request, as it comes. */
  uploads?: readonly string[]
  returns: Schema
  /** The media type of the answer, JSON unless told; `returns` is the schema of its text then. */
  answers?: 'application/json' | 'text/event-stream' | 'text/csv' | 'application/octet-stream'
  /** The status of success, 200 unless told. */
  status?: 200 | 201 | 202 | 204
  /** Other answers that are no refusal: 200 where nothing had to be made, 304 where the caller has it already. */
  otherStatuses?: readonly (200 | 304)[]
  /** Headers that it alone reads, and that it alone answers. */
  reads?: readonly ('If-None-Match' | 'Last-Event-ID')[]
  tells?: readonly ('ETag' | 'LeadNest-Form-Token')[]
  /** Answers that show a secret, and requests with a password, leave nothing for a replay: the header Idempotency-Key is refused. */
  showsSecret?: true
  /** What it may refuse besides what follows from its access, its parts and its method. */
  errors?: readonly ErrorCode[]
  /** A body that it takes, where one that is made of the schema would say little. */
  example?: object
  /** What its parameters are, of those that mean something else than elsewhere. */
  parameters?: Readonly<Record<string, string>>
  /** A limit of its own besides that of all requests: `submit` by address, the others by workspace. */
  limit?: 'submit' | 'import' | 'sms'
  /** Its use case keeps the answers to Idempotency-Keys itself: captures, which share transactions. */
  keepsAnswers?: true
}

/** A list's answer: one page, and the cursor of the next. */
export const page = <S extends v.GenericSchema>(row: S) =>
  v.object({ data: v.array(row), nextCursor: v.nullable(v.string()) })

/** A query parameter that says how many rows a page has: 1 to 200, 50 unless told. */
export const Limit = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^\d{1,3}$/, 'Use a whole number from 1 to 200.'),
    v.transform(Number),
    v.minValue(1, 'At least 1.'),
    v.maxValue(200, 'At most 200.'),
  ),
  '50',
)

/** A query parameter that is true or false; not said is false. */
export const Flag = v.optional(
  v.pipe(
    v.picklist(['true', 'false'], 'Use true or false.'),
    v.transform((text) => text === 'true'),
  ),
)
