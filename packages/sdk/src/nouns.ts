/*
 * Every route as a noun and a verb: its path behind `/v1/`, and a mark that says the method, what a call takes beside the
 * ids in the path, and what it gives. Classes, because only of those do declarations keep the comments that editors show.
 *
 *     =  GET                                     +  POST with a body
 *     ?  GET with a query                        !  the same, of a secret: sent once, and never under an Idempotency-Key
 *     *  the same, every row of its pages        .  POST of nothing
 *     [] GET, the rows of a list of one page     ~  PATCH with a body
 *                                                -  DELETE
 */

class auth {
  /** Signs a user in; `accessToken` is the `key` of a client. Throws `unauthenticated`, `totp_required`, `rate_limited`. */
  static readonly login = 'auth/login !'
  /** A new access token and the next refresh token; each is good for one refresh. Throws `unauthenticated`. */
  static readonly refresh = 'auth/refresh !'
  /** Ends the session of a refresh token, with its access tokens. */
  static readonly logout = 'auth/logout +'
}

class leads {
  /** Creates a lead, or updates the one with this identity: what is named is overwritten, `null` clears. */
  static readonly create = 'leads +'
  /** One lead by its id; throws `not_found` where there is none. */
  static readonly get = 'leads/:id ='
  /** Changes what is named; `null` clears. Throws `identity_taken`, `unknown_reference`, `lead_merged`. */
  static readonly update = 'leads/:id ~'
  /** Deletes a lead; it is kept for 30 days, and a new capture of the same person revives it. */
  static readonly delete = 'leads/:id -'
  /** Adds and removes tags; a new name makes the tag. */
  static readonly tag = 'leads/:id/tags +'
  /**
   * Starts a job that does something to many leads; see `jobs.wait`. With `dryRun` it says how many they are.
   *
   * @example
   * const { id } = await leadnest.leads.bulk({ filter: 'stage = new', action: { type: 'tag', add: ['cold'] } })
   */
  static readonly bulk = 'leads/bulk +'
  /** One page of leads, newest first, 50 unless `limit` (1 to 200) says otherwise; `q` searches, `filter` and `segment` select, `count` counts. */
  static readonly list = 'leads ?'
  /**
   * Every lead that matches, fetched page by page while you read.
   *
   * @example
   * for await (const lead of leadnest.leads.each({ q: 'ada' })) console.log(lead.email)
   */
  static readonly each = 'leads *'
  /** One page of what happened to a lead, newest first. */
  static readonly timeline = 'leads/:id/timeline ?'
  /** The score of a lead, and what each rule adds to it. */
  static readonly score = 'leads/:id/score ='
  /** How soon people acted on what a lead sent, newest first. */
  static readonly speed = 'leads/:id/speed []'
}

class events {
  /**
   * One page of what happened, oldest first; `nextCursor` is always there, and after it comes only what is new. `wait` (0 to
   * 30) is how many seconds an empty answer may wait for news.
   */
  static readonly list = 'events ?'
}

class jobs {
  /** One job, with its progress and what came of it. */
  static readonly get = 'jobs/:id ='
  /** One page of the jobs of the last 30 days, newest first. */
  static readonly list = 'jobs ?'
  /** Every such job, fetched page by page while you read. */
  static readonly each = 'jobs *'
  /** Ends a job; what it has changed stays, and can be undone. Throws `job_finished`. */
  static readonly cancel = 'jobs/:id/cancel .'
  /** Starts a job that takes back what nobody has changed since, for 30 days. Throws `undo_not_possible`. */
  static readonly undo = 'jobs/:id/undo .'
}

class notes {
  /** One page of the notes on a lead, newest first. */
  static readonly list = 'leads/:id/notes ?'
  /** Every note on a lead, fetched page by page while you read. */
  static readonly each = 'leads/:id/notes *'
  /** Writes a note on a lead, in Markdown. */
  static readonly create = 'leads/:id/notes +'
  /** Edits a note; the timeline keeps that it was edited. */
  static readonly update = 'notes/:id ~'
  static readonly delete = 'notes/:id -'
}

class merges {
  /**
   * Makes one lead of two: the older one survives. With `dryRun` the result is shown and nothing is changed.
   *
   * @example
   * const { id, lead } = await leadnest.merges.create({ leadIds: [one.id, other.id] })
   */
  static readonly create = 'leads/merge +'
  /** Merges that a lead survived, newest first. */
  static readonly list = 'leads/:id/merges []'
  /** Undoes a merge, for 90 days: both leads as they were, but for what was edited since. Throws `merge_not_possible`. */
  static readonly undo = 'merges/:id/undo .'
}

class duplicates {
  /** One page of pairs that may be one person, newest first. */
  static readonly list = 'duplicates ?'
  /** Every such pair, fetched page by page while you read. */
  static readonly each = 'duplicates *'
  /** Pairs that this lead is one of. */
  static readonly of = 'leads/:id/duplicates ?'
  /** Says that two leads are not the same person; they are not suggested again. */
  static readonly dismiss = 'duplicates/:id/dismiss .'
}

/** Beside `forms.get` and `forms.submit`, what a page needs: what a workspace keeps. */
class forms {
  /** Every form with its settings, the oldest first. */
  static readonly list = 'forms []'
  /** One form with its settings, by its id. */
  static readonly definition = 'forms/:id/definition ='
  /** Makes a form. Throws `name_taken`. */
  static readonly create = 'forms +'
  /** Changes what a form asks, says and allows; pages show it within a second. */
  static readonly update = 'forms/:id ~'
}

class fields {
  /** The workspace's own fields of a lead, archived ones too. */
  static readonly list = 'fields []'
  /** Defines a field; its key and type stay. Throws `name_taken`. */
  static readonly create = 'fields +'
  /** Renames a field, changes its options, archives it (`archived: true`) or brings it back; leads keep their values. */
  static readonly update = 'fields/:key ~'
}

class tags {
  /** Every tag, with how many leads carry it. */
  static readonly list = 'tags []'
}

class pipelines {
  /** Every pipeline with its stages, in their order. */
  static readonly list = 'pipelines []'
  static readonly create = 'pipelines +'
  /** Replaces name and stages; leads stay in stages that are named. Throws `stage_in_use`. */
  static readonly replace = 'pipelines/:id ~'
  static readonly delete = 'pipelines/:id -'
}

class members {
  /** Who works in the workspace, by name. */
  static readonly list = 'members []'
  /** Makes a user of the installation a member. Throws `unknown_reference`. */
  static readonly add = 'members +'
  /** Changes role, absence or hours; `null` clears. Throws `last_owner`. */
  static readonly update = 'members/:id ~'
  /** Ends a membership; leads keep their owner. Throws `last_owner`. */
  static readonly remove = 'members/:id -'
}

/** One's own; for the access token of a user. */
class account {
  static readonly update = 'me ~'
  /** Sets a new password; all your sessions end, also this one. Throws `unauthenticated`. */
  static readonly setPassword = 'me/password !'
  /** Where you are signed in, in all workspaces, the last used first. */
  static readonly sessions = 'me/sessions []'
  static readonly endSession = 'me/sessions/:id -'
  /** Whether you are asked for a code at sign-in, and how many recovery codes are left. */
  static readonly totp = 'me/totp ='
  /** Begins two-step sign-in; the secret is shown this once. */
  static readonly beginTotp = 'me/totp !'
  /** Turns two-step sign-in on by a first code; the recovery codes are shown this once. */
  static readonly confirmTotp = 'me/totp/confirm !'
  static readonly disableTotp = 'me/totp/disable !'
}

class invites {
  /** Every open invite, newest first. */
  static readonly list = 'invites []'
  /** Invites somebody; `link` is shown this once, and works once within the hour. Throws `identity_taken`, `forbidden`. */
  static readonly create = 'invites !'
  /** Takes an invite back. */
  static readonly revoke = 'invites/:id -'
}

class apiKeys {
  /** Every API key, oldest first, revoked ones too. */
  static readonly list = 'api-keys []'
  /** Makes a key that can do no more than yours; `key` is shown this once. Throws `forbidden`. */
  static readonly create = 'api-keys !'
  /** Renames a key, changes its origins or its end. */
  static readonly update = 'api-keys/:id ~'
  /** Ends a key; it is dead within a second. */
  static readonly revoke = 'api-keys/:id -'
}

class assignmentRules {
  /** Every rule that gives new leads an owner, in their order. */
  static readonly list = 'assignment-rules []'
  /** Adds a rule at the end. Throws `unknown_reference`. */
  static readonly create = 'assignment-rules +'
  /** Changes what is named; `position` moves the rule. */
  static readonly update = 'assignment-rules/:id ~'
  static readonly delete = 'assignment-rules/:id -'
}

class scoreRules {
  /** Every rule that gives leads points, oldest first. */
  static readonly list = 'score-rules []'
  /** Adds a rule; all leads are scored anew. */
  static readonly create = 'score-rules +'
  /** Changes what is named; all leads are scored anew. */
  static readonly update = 'score-rules/:id ~'
  static readonly delete = 'score-rules/:id -'
}

class segments {
  /** Every segment by its name; `count: true` says how many leads each has. */
  static readonly list = 'segments ?'
  /** One segment; its leads are `leads.list({ segment: id })`. */
  static readonly get = 'segments/:id ?'
  /** Keeps a filter and a search under a name. Throws `name_taken`. */
  static readonly create = 'segments +'
  /** Changes what is named. Throws `name_taken`. */
  static readonly update = 'segments/:id ~'
  /** Deletes a segment; its leads stay. */
  static readonly delete = 'segments/:id -'
}

class receipts {
  /** What became of a submission, by its id; needs no key. */
  static readonly get = 'receipts/:id ='
  /** Whether a receipt is right, and what is stored is what it was given for. Throws `invalid_input`, `not_found`. */
  static readonly verify = 'receipts/verify +'
}

class reports {
  /** How soon people acted on what came in, by owner, form and day; the last 30 days unless `from` and `to` say otherwise. */
  static readonly speedToLead = 'reports/speed-to-lead ?'
}

class workspace {
  /** The workspace of the key, with its country, time zone and opening hours. */
  static readonly get = 'workspace ='
  /** Changes what is named; `null` clears. */
  static readonly update = 'workspace ~'
}

class workspaces {
  /** Creates a workspace; whoever asks becomes its owner. */
  static readonly create = 'workspaces +'
}

export const nouns = {
  auth,
  leads,
  events,
  jobs,
  notes,
  merges,
  duplicates,
  forms,
  fields,
  tags,
  pipelines,
  members,
  account,
  invites,
  apiKeys,
  assignmentRules,
  scoreRules,
  segments,
  receipts,
  reports,
  workspace,
  workspaces,
}
