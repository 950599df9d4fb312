/*
 * Every route as a noun and a verb. A mark behind a route says what a call takes and gives: `+` a body, `?` a query, `*` a
 * query, and every row of the pages it gives; `[]` nothing, and the rows of a list that has one page. Without a mark it
 * takes nothing but what is in the path. `!` is a `+` whose answer is never kept, so it is sent once only. Classes, because only of those do declarations keep the comments that editors show.
 */

export class auth {
  /** Signs a user in; `accessToken` is the `key` of a client. Throws `unauthenticated`, `totp_required`, `rate_limited`. */
  static readonly login = 'POST /v1/auth/login !'
  /** A new access token and the next refresh token; each is good for one refresh. Throws `unauthenticated`. */
  static readonly refresh = 'POST /v1/auth/refresh !'
  /** Ends the session of a refresh token, with its access tokens. */
  static readonly logout = 'POST /v1/auth/logout +'
}

export class leads {
  /** Creates a lead, or updates the one with this identity: what is named is overwritten, `null` clears. */
  static readonly create = 'POST /v1/leads +'
  /** One lead by its id; throws `not_found` where there is none. */
  static readonly get = 'GET /v1/leads/:id'
  /** Changes what is named; `null` clears. Throws `identity_taken`, `unknown_reference`, `lead_merged`. */
  static readonly update = 'PATCH /v1/leads/:id +'
  /** Deletes a lead; it is kept for 30 days, and a new capture of the same person revives it. */
  static readonly delete = 'DELETE /v1/leads/:id'
  /** Adds and removes tags; a new name makes the tag. */
  static readonly tag = 'POST /v1/leads/:id/tags +'
  /**
   * Starts a job that does something to many leads; see `jobs.wait`. With `dryRun` it says how many they are.
   *
   * @example
   * const { id } = await leadnest.leads.bulk({ filter: 'stage = new', action: { type: 'tag', add: ['cold'] } })
   */
  static readonly bulk = 'POST /v1/leads/bulk +'
  /** One page of leads, newest first, 50 unless `limit` (1 to 200) says otherwise; `q` searches, `filter` and `segment` select, `count` counts. */
  static readonly list = 'GET /v1/leads ?'
  /**
   * Every lead that matches, fetched page by page while you read.
   *
   * @example
   * for await (const lead of leadnest.leads.each({ q: 'ada' })) console.log(lead.email)
   */
  static readonly each = 'GET /v1/leads *'
  /** One page of what happened to a lead, newest first. */
  static readonly timeline = 'GET /v1/leads/:id/timeline ?'
  /** The score of a lead, and what each rule adds to it. */
  static readonly score = 'GET /v1/leads/:id/score'
  /** How soon people acted on what a lead sent, newest first. */
  static readonly speed = 'GET /v1/leads/:id/speed []'
}

export class events {
  /**
   * One page of what happened, oldest first; `nextCursor` is always there, and after it comes only what is new. `wait` (0 to
   * 30) is how many seconds an empty answer may wait for news.
   */
  static readonly list = 'GET /v1/events ?'
}

export class jobs {
  /** One job, with its progress and what came of it. */
  static readonly get = 'GET /v1/jobs/:id'
  /** One page of the jobs of the last 30 days, newest first. */
  static readonly list = 'GET /v1/jobs ?'
  /** Every such job, fetched page by page while you read. */
  static readonly each = 'GET /v1/jobs *'
  /** Ends a job; what it has changed stays, and can be undone. Throws `job_finished`. */
  static readonly cancel = 'POST /v1/jobs/:id/cancel'
  /** Starts a job that takes back what nobody has changed since, for 30 days. Throws `undo_not_possible`. */
  static readonly undo = 'POST /v1/jobs/:id/undo'
}

export class notes {
  /** One page of the notes on a lead, newest first. */
  static readonly list = 'GET /v1/leads/:id/notes ?'
  /** Every note on a lead, fetched page by page while you read. */
  static readonly each = 'GET /v1/leads/:id/notes *'
  /** Writes a note on a lead, in Markdown. */
  static readonly create = 'POST /v1/leads/:id/notes +'
  /** Edits a note; the timeline keeps that it was edited. */
  static readonly update = 'PATCH /v1/notes/:id +'
  static readonly delete = 'DELETE /v1/notes/:id'
}

export class merges {
  /**
   * Makes one lead of two: the older one survives. With `dryRun` the result is shown and nothing is changed.
   *
   * @example
   * const { id, lead } = await leadnest.merges.create({ leadIds: [one.id, other.id] })
   */
  static readonly create = 'POST /v1/leads/merge +'
  /** Merges that a lead survived, newest first. */
  static readonly list = 'GET /v1/leads/:id/merges []'
  /** Undoes a merge, for 90 days: both leads as they were, but for what was edited since. Throws `merge_not_possible`. */
  static readonly undo = 'POST /v1/merges/:id/undo'
}

export class duplicates {
  /** One page of pairs that may be one person, newest first. */
  static readonly list = 'GET /v1/duplicates ?'
  /** Every such pair, fetched page by page while you read. */
  static readonly each = 'GET /v1/duplicates *'
  /** Pairs that this lead is one of. */
  static readonly of = 'GET /v1/leads/:id/duplicates ?'
  /** Says that two leads are not the same person; they are not suggested again. */
  static readonly dismiss = 'POST /v1/duplicates/:id/dismiss'
}

export class fields {
  /** The workspace's own fields of a lead, archived ones too. */
  static readonly list = 'GET /v1/fields []'
  /** Defines a field; its key and type stay. Throws `name_taken`. */
  static readonly create = 'POST /v1/fields +'
  /** Renames a field, changes its options, archives it (`archived: true`) or brings it back; leads keep their values. */
  static readonly update = 'PATCH /v1/fields/:key +'
}

export class tags {
  /** Every tag, with how many leads carry it. */
  static readonly list = 'GET /v1/tags []'
}

export class pipelines {
  /** Every pipeline with its stages, in their order. */
  static readonly list = 'GET /v1/pipelines []'
  static readonly create = 'POST /v1/pipelines +'
  /** Replaces name and stages; leads stay in stages that are named. Throws `stage_in_use`. */
  static readonly replace = 'PATCH /v1/pipelines/:id +'
  static readonly delete = 'DELETE /v1/pipelines/:id'
}

export class members {
  /** Who works in the workspace, by name. */
  static readonly list = 'GET /v1/members []'
  /** Makes a user of the installation a member. Throws `unknown_reference`. */
  static readonly add = 'POST /v1/members +'
  /** Changes role, absence or hours; `null` clears. Throws `last_owner`. */
  static readonly update = 'PATCH /v1/members/:id +'
  /** Ends a membership; leads keep their owner. Throws `last_owner`. */
  static readonly remove = 'DELETE /v1/members/:id'
}

/** One's own; for the access token of a user. */
export class account {
  static readonly update = 'PATCH /v1/me +'
  /** Sets a new password; all your sessions end, also this one. Throws `unauthenticated`. */
  static readonly setPassword = 'POST /v1/me/password !'
  /** Where you are signed in, in all workspaces, the last used first. */
  static readonly sessions = 'GET /v1/me/sessions []'
  static readonly endSession = 'DELETE /v1/me/sessions/:id'
  /** Whether you are asked for a code at sign-in, and how many recovery codes are left. */
  static readonly totp = 'GET /v1/me/totp'
  /** Begins two-step sign-in; the secret is shown this once. */
  static readonly beginTotp = 'POST /v1/me/totp !'
  /** Turns two-step sign-in on by a first code; the recovery codes are shown this once. */
  static readonly confirmTotp = 'POST /v1/me/totp/confirm !'
  static readonly disableTotp = 'POST /v1/me/totp/disable !'
}

export class invites {
  /** Every open invite, newest first. */
  static readonly list = 'GET /v1/invites []'
  /** Invites somebody; `link` is shown this once, and works once within the hour. Throws `identity_taken`, `forbidden`. */
  static readonly create = 'POST /v1/invites !'
  /** Takes an invite back. */
  static readonly revoke = 'DELETE /v1/invites/:id'
}

export class apiKeys {
  /** Every API key, oldest first, revoked ones too. */
  static readonly list = 'GET /v1/api-keys []'
  /** Makes a key that can do no more than yours; `key` is shown this once. Throws `forbidden`. */
  static readonly create = 'POST /v1/api-keys !'
  /** Renames a key, changes its origins or its end. */
  static readonly update = 'PATCH /v1/api-keys/:id +'
  /** Ends a key; it is dead within a second. */
  static readonly revoke = 'DELETE /v1/api-keys/:id'
}

export class assignmentRules {
  /** Every rule that gives new leads an owner, in their order. */
  static readonly list = 'GET /v1/assignment-rules []'
  /** Adds a rule at the end. Throws `unknown_reference`. */
  static readonly create = 'POST /v1/assignment-rules +'
  /** Changes what is named; `position` moves the rule. */
  static readonly update = 'PATCH /v1/assignment-rules/:id +'
  static readonly delete = 'DELETE /v1/assignment-rules/:id'
}

export class scoreRules {
  /** Every rule that gives leads points, oldest first. */
  static readonly list = 'GET /v1/score-rules []'
  /** Adds a rule; all leads are scored anew. */
  static readonly create = 'POST /v1/score-rules +'
  /** Changes what is named; all leads are scored anew. */
  static readonly update = 'PATCH /v1/score-rules/:id +'
  static readonly delete = 'DELETE /v1/score-rules/:id'
}

export class segments {
  /** Every segment by its name; `count: true` says how many leads each has. */
  static readonly list = 'GET /v1/segments ?'
  /** One segment; its leads are `leads.list({ segment: id })`. */
  static readonly get = 'GET /v1/segments/:id ?'
  /** Keeps a filter and a search under a name. Throws `name_taken`. */
  static readonly create = 'POST /v1/segments +'
  /** Changes what is named. Throws `name_taken`. */
  static readonly update = 'PATCH /v1/segments/:id +'
  /** Deletes a segment; its leads stay. */
  static readonly delete = 'DELETE /v1/segments/:id'
}

export class reports {
  /** How soon people acted on what came in, by owner, form and day; the last 30 days unless `from` and `to` say otherwise. */
  static readonly speedToLead = 'GET /v1/reports/speed-to-lead ?'
}

export class workspace {
  /** The workspace of the key, with its country, time zone and opening hours. */
  static readonly get = 'GET /v1/workspace'
  /** Changes what is named; `null` clears. */
  static readonly update = 'PATCH /v1/workspace +'
}

export class workspaces {
  /** Creates a workspace; whoever asks becomes its owner. */
  static readonly create = 'POST /v1/workspaces +'
}
