import type { ErrorCode } from '@leadnest/core'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

export interface CodeEntry {
  /** The one place where a domain error gets its HTTP status. */
  status: ContentfulStatusCode
  /** What it says, in one sentence. */
  means: string
  /** What the caller does next. */
  mend: string
}

/** Every code that an answer may carry; pages and documents about errors are made of this table. */
export const codes: Record<ErrorCode, CodeEntry> = {
  address_refused: {
    status: 422,
    means: 'An address that we should send to is not on the public internet, or is no http or https address.',
    mend: 'Use a public https address; an operator can let networks through with OUTBOUND_ALLOW outside production.',
  },
  body_too_large: {
    status: 413,
    means:
      'The body is larger than this route takes: 64 KiB of JSON, 1 MiB where many are changed at once, and what the message says of a file.',
    mend: 'Send less at a time.',
  },
  capability_missing: {
    status: 500,
    means: 'A plugin tried to do what it does not declare.',
    mend: 'Add the capability that the message names to the plugin, and review its list in the admin.',
  },
  empty_file: {
    status: 422,
    means: 'The file has no bytes at all.',
    mend: 'Look whether it was saved, and choose it again.',
  },
  forbidden: {
    status: 403,
    means: 'We know who you are, and your role or the scopes of your key do not allow this.',
    mend: 'Ask an owner of the workspace for the role or the scope that the message names.',
  },
  headers_too_large: {
    status: 431,
    means: 'The headers of the request are larger than 16 KiB together.',
    mend: 'Send fewer or shorter headers; often it is cookies.',
  },
  idempotency_in_flight: {
    status: 409,
    means: 'A request with this Idempotency-Key is still being carried out.',
    mend: 'Wait as long as Retry-After says and send it again, unchanged, to get its answer.',
  },
  idempotency_mismatch: {
    status: 422,
    means: 'This Idempotency-Key was used for a request with another method, path, query or body.',
    mend: 'Use a new key for each new request, and the same key only to repeat one unchanged.',
  },
  idempotency_unsupported: {
    status: 400,
    means: 'The answer shows a secret, so it is never kept for a replay.',
    mend: 'Leave the header Idempotency-Key out.',
  },
  identity_taken: {
    status: 409,
    means: 'Another lead, or another user, has this e-mail address, phone number or external id.',
    mend: 'Change the other one, or merge the two leads.',
  },
  internal: {
    status: 500,
    means: 'Something went wrong on our side that nobody expected.',
    mend: 'Try again; if it stays, report the request id: the log of the server has the reason under it.',
  },
  invalid_cursor: {
    status: 422,
    means: 'The cursor is not one that this list gave for these parameters.',
    mend: 'Take nextCursor from the answer before, and leave filter and sort as they were; or begin without a cursor.',
  },
  invalid_idempotency_key: {
    status: 400,
    means: 'The Idempotency-Key is empty, longer than 255 characters, or has characters other than printable ASCII.',
    mend: 'Use a random UUID.',
  },
  invalid_input: {
    status: 422,
    means: 'Parts of the request do not look right; `errors` names each by its path.',
    mend: 'Correct what the messages name.',
  },
  invalid_json: {
    status: 400,
    means: 'The body is not valid JSON.',
    mend: 'Make it by a JSON encoder, not by putting strings together.',
  },
  invalid_request: {
    status: 400,
    means: 'What arrived is not a request as HTTP has it: its first line, its headers or its Host.',
    mend: 'Look at what your client, or a proxy on the way, sends.',
  },
  invalid_utf8: {
    status: 400,
    means: 'The body has bytes that are not UTF-8.',
    mend: 'Encode it as UTF-8.',
  },
  job_finished: {
    status: 409,
    means: 'The job has ended, so it cannot be cancelled any more.',
    mend: 'Look at its result; what it changed can be undone for 30 days.',
  },
  last_owner: {
    status: 409,
    means: 'The workspace would have no owner any more.',
    mend: 'Make somebody else an owner first.',
  },
  lead_merged: {
    status: 409,
    means: 'This lead was merged into another one and can no longer be changed.',
    mend: 'Change the lead that `mergedInto` names, or undo the merge.',
  },
  merge_not_possible: {
    status: 409,
    means: 'These leads cannot be merged, or this merge cannot be undone, as things are.',
    mend: 'The message says what stands in the way.',
  },
  message_left: {
    status: 409,
    means: 'The message has left, or was taken back before.',
    mend: 'Look at its status; only what is queued or scheduled can be taken back.',
  },
  method_not_allowed: {
    status: 405,
    means: 'There is something at this address, but not for this method.',
    mend: 'Use one of the methods in the header Allow.',
  },
  name_taken: {
    status: 409,
    means: 'Something of this kind has this name or key already.',
    mend: 'Choose another name, or change the one that has it.',
  },
  not_found: {
    status: 404,
    means: 'There is nothing at this address, or it is of another workspace.',
    mend: 'Check the address, the id, and which workspace the credential belongs to.',
  },
  not_waiting: {
    status: 409,
    means:
      'The submission waits for nobody to confirm it: it was let through, held for another reason, or taken for spam.',
    mend: 'Release it, if it is held; there is nothing to do for one that was let through.',
  },
  opt_out_stands: {
    status: 409,
    means: 'The suppression follows from an opt-out of the person, and only an act of theirs takes that back.',
    mend: 'Ask them to confirm a new consent, or to change it on their own page.',
  },
  origin_not_allowed: {
    status: 403,
    means: 'The form may not be used from the page that sent this.',
    mend: 'Add the origin of the page to the form, or send a publishable key.',
  },
  plugin_off: {
    status: 409,
    means: 'The plugin that answers here is turned off in this workspace, or waits for its settings.',
    mend: 'Turn it on, or fill in its settings, under Settings → Plugins or by PATCH /v1/plugins/:id.',
  },
  rate_limited: {
    status: 429,
    means: 'There were more requests, or more log-ins that failed, than are taken in a while.',
    mend: 'Wait as long as Retry-After says. The headers RateLimit and RateLimit-Policy tell ahead how much is left.',
  },
  request_timeout: {
    status: 408,
    means: 'The request did not arrive in full: 15 seconds for the headers, 30 for all of it.',
    mend: 'Send it again.',
  },
  request_settled: {
    status: 409,
    means: 'What the person asked for was done or refused before.',
    mend: 'Read the request again; the person can ask once more on their page.',
  },
  stage_in_use: {
    status: 409,
    means: 'Leads stand in a stage that would go.',
    mend: 'Move them to another stage first.',
  },
  suppressed: {
    status: 422,
    means: 'The person opted out of this channel, or the workspace suppressed the address; nothing was sent.',
    mend: 'Do not send it another way. A new consent counts when the person confirms it.',
  },
  submission_accepted: {
    status: 409,
    means: 'The submission was let through and belongs to a lead, so it cannot be taken for spam any more.',
    mend: 'Delete the lead, if nobody real has written.',
  },
  totp_required: {
    status: 401,
    means: 'The password is right, and this user signs in with a code of their authenticator as well.',
    mend: 'Send the six digits as `totp`, or a recovery code.',
  },
  unauthenticated: {
    status: 401,
    means: 'No credential came, or one that is not right, or no longer.',
    mend: 'Send an access token or a secret key as Authorization: Bearer.',
  },
  unavailable: {
    status: 503,
    means: 'The server cannot do its work right now, mostly because its database does not answer.',
    mend: 'Wait as long as Retry-After says and send it again; with the same Idempotency-Key nothing is done twice.',
  },
  undo_not_possible: {
    status: 409,
    means: 'The job is of a kind that cannot be undone, has not ended, ended more than 30 days ago, or was undone.',
    mend: 'The message says which; a job that is still running can be cancelled first.',
  },
  unknown_reference: {
    status: 422,
    means: 'An id in the body or the query names nothing in this workspace; `errors` names its path.',
    mend: 'Check the id, and which workspace the credential belongs to.',
  },
  unsupported_media_type: {
    status: 415,
    means: 'The body is of a type that this route does not read.',
    mend: 'Send JSON, with the header Content-Type: application/json.',
  },
}

export const isCode = (text: string): text is ErrorCode => Object.hasOwn(codes, text)
