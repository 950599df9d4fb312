import { channels, conversations, messages, messageTemplates } from './message-nouns.ts'
import { exportSchedules, exports, importMappings, imports, webhookEndpoints } from './plugin-nouns.ts'
import { kebab } from './verbs.ts'

/*
 * Every route as a noun and a verb: its path, and a mark that says the method, what a call takes beside the ids in the path,
 * and what it gives. A path that begins with `/` goes on from the noun's own, `/v1/api-keys` of `apiKeys`; a mark alone is
 * that one; any other is the whole path behind `/v1/`. Classes, because only of those do declarations keep the comments
 * that editors show; what travels is a short text for each, made by the build.
 *
 *     =  GET                                     +  POST with a body
 *     ?  GET with a query                        !  the same, of a secret: sent once, and never under an Idempotency-Key
 *     *  the same, every row of its pages        .  POST of nothing
 *     [] GET, the rows of a list of one page     ~  PATCH with a body
 *     -  DELETE                                  ^  POST of what `upload` made, with a query
 */

class auth {
  /** Signs a user in; `accessToken` is the `key` of a client. Throws `unauthenticated`, `totp_required`, `rate_limited`. */
  static readonly login = '/login !'
  /** A new access token and the next refresh token; each is good for one refresh. Throws `unauthenticated`. */
  static readonly refresh = '/refresh !'
  /** Ends the session of a refresh token, with its access tokens. */
  static readonly logout = '/logout +'
}

class leads {
  /** Creates a lead, or updates the one with this identity: what is named is overwritten, `null` clears. */
  static readonly create = '+'
  /** One lead by its id; throws `not_found` where there is none. */
  static readonly get = '/:id ='
  /** Changes what is named; `null` clears. Throws `identity_taken`, `unknown_reference`, `lead_merged`. */
  static readonly update = '/:id ~'
  /** Deletes a lead; it is kept for 30 days, and a new capture of the same person revives it. */
  static readonly delete = '/:id -'
  /** Everything about a lead, with those that were merged into it; an event tells of it. */
  static readonly export = '/:id/export ='
  /** Erases a lead for ever with all that is known of the person; resolves when it is done. Throws `lead_merged`. */
  static readonly erase = '/:id/erase +'
  /** Adds and removes tags; a new name makes the tag. */
  static readonly tag = '/:id/tags +'
  /**
   * Starts a job that does something to many leads; see `jobs.wait`. With `dryRun` it says how many they are.
   *
   * @example
   * const { id } = await leadnest.leads.bulk({ filter: 'stage = new', action: { type: 'tag', add: ['cold'] } })
   */
  static readonly bulk = '/bulk +'
  /** One page of leads, newest first, 50 unless `limit` (1 to 200) says otherwise; `q` searches, `filter` and `segment` select, `count` counts. */
  static readonly list = '?'
  /**
   * Every lead that matches, fetched page by page while you read.
   *
   * @example
   * for await (const lead of leadnest.leads.each({ q: 'ada' })) console.log(lead.email)
   */
  static readonly each = '*'
  /** One page of what happened to a lead, newest first. */
  static readonly timeline = '/:id/timeline ?'
  /** One page of the decisions that LeadNest took about a lead by itself, and why, newest first. */
  static readonly explain = '/:id/explain ?'
  /** The score of a lead, and what each rule adds to it. */
  static readonly score = '/:id/score ='
  /** The link to a lead's own page, which turns things off, and the headers for one-click unsubscribe in mails. */
  static readonly preferenceLink = '/:id/preference-link +'
  /** How soon people acted on what a lead sent, newest first. */
  static readonly speed = '/:id/speed []'
}

class consents {
  /** One page of what a lead agreed to and took back, newest first; `state` says how things stand. */
  static readonly list = 'leads/:id/consents ?'
  /** Writes down that somebody agreed (`action: 'grant'`) or took it back. A grant never lifts an opt-out. */
  static readonly create = 'leads/:id/consents +'
}

class suppressions {
  /** One page of addresses that are not written to, newest first. */
  static readonly list = '?'
  /** Every such address, fetched page by page while you read. */
  static readonly each = '*'
  /** Keeps an address from being written to on a channel. */
  static readonly create = '+'
  /** Takes one back that the workspace made. Throws `opt_out_stands`. */
  static readonly delete = '/:id -'
}

class events {
  /**
   * One page of what happened, oldest first; `nextCursor` is always there, and after it comes only what is new. `wait` (0 to
   * 30) is how many seconds an empty answer may wait for news.
   */
  static readonly list = '?'
}

class jobs {
  /** One job, with its progress and what came of it. */
  static readonly get = '/:id ='
  /** One page of the jobs of the last 30 days, newest first. */
  static readonly list = '?'
  /** Every such job, fetched page by page while you read. */
  static readonly each = '*'
  /** Ends a job; what it has changed stays, and can be undone. Throws `job_finished`. */
  static readonly cancel = '/:id/cancel .'
  /** Starts a job that takes back what nobody has changed since, for 30 days. Throws `undo_not_possible`. */
  static readonly undo = '/:id/undo .'
}

class notes {
  /** One page of the notes on a lead, newest first. */
  static readonly list = 'leads/:id/notes ?'
  /** Every note on a lead, fetched page by page while you read. */
  static readonly each = 'leads/:id/notes *'
  /** Writes a note on a lead, in Markdown. */
  static readonly create = 'leads/:id/notes +'
  /** Edits a note; the timeline keeps that it was edited. */
  static readonly update = '/:id ~'
  static readonly delete = '/:id -'
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
  static readonly undo = '/:id/undo .'
}

class duplicates {
  /** One page of pairs that may be one person, newest first. */
  static readonly list = '?'
  /** Every such pair, fetched page by page while you read. */
  static readonly each = '*'
  /** Pairs that this lead is one of. */
  static readonly of = 'leads/:id/duplicates ?'
  /** Says that two leads are not the same person; they are not suggested again. */
  static readonly dismiss = '/:id/dismiss .'
}

/** Beside `forms.get` and `forms.submit`, what a page needs: what a workspace keeps. */
class forms {
  /** Every form with its settings, the oldest first. */
  static readonly list = '[]'
  /** One form with its settings, by its id. */
  static readonly definition = '/:id/definition ='
  /** Makes a form. Throws `name_taken`. */
  static readonly create = '+'
  /** What would be erased tonight by a form's rules, or by those that are tried. */
  static readonly retention = '/:id/retention ?'
  /** Changes what a form asks, says and allows; pages show it within a second. */
  static readonly update = '/:slug ~'
}

class submissions {
  /** One page of what was sent on forms, newest first; `verdict: 'held'` is what waits for a person. */
  static readonly list = '?'
  /** Every such submission, fetched page by page while you read. */
  static readonly each = '*'
  /** One submission, with the reasons of its verdict. */
  static readonly get = '/:id ='
  /** Lets one through that was held or taken for spam: it becomes a lead, once. */
  static readonly release = '/:id/release .'
  /** Takes one that was held for spam. Throws `submission_accepted`. */
  static readonly spam = '/:id/spam .'
  /** The link by which a person confirms what they sent, to be sent to them. Throws `not_waiting`. */
  static readonly confirmationLink = '/:id/confirmation-link !'
  /** Lets up to 200 through, all or none. */
  static readonly releaseMany = '/release +'
  /** Takes up to 200 for spam, all or none. Throws `submission_accepted`. */
  static readonly spamMany = '/spam +'
}

class fields {
  /** The workspace's own fields of a lead, archived ones too. */
  static readonly list = '[]'
  /** Defines a field; its key and type stay. Throws `name_taken`. */
  static readonly create = '+'
  /** Renames a field, changes its options, archives it (`archived: true`) or brings it back; leads keep their values. */
  static readonly update = '/:key ~'
}

class tags {
  /** Every tag, with how many leads carry it. */
  static readonly list = '[]'
}

class pipelines {
  /** Every pipeline with its stages, in their order. */
  static readonly list = '[]'
  static readonly create = '+'
  /** Replaces name and stages; leads stay in stages that are named. Throws `stage_in_use`. */
  static readonly replace = '/:id ~'
  static readonly delete = '/:id -'
}

class members {
  /** Who works in the workspace, by name. */
  static readonly list = '[]'
  /** Makes a user of the installation a member. Throws `unknown_reference`. */
  static readonly add = '+'
  /** Changes role, absence or hours; `null` clears. Throws `last_owner`. */
  static readonly update = '/:id ~'
  /** Ends a membership; leads keep their owner. Throws `last_owner`. */
  static readonly remove = '/:id -'
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
  static readonly list = '[]'
  /** Invites somebody; `link` is shown this once, and works once within the hour. Throws `identity_taken`, `forbidden`. */
  static readonly create = '!'
  /** Takes an invite back. */
  static readonly revoke = '/:id -'
}

class apiKeys {
  /** Every API key, oldest first, revoked ones too. */
  static readonly list = '[]'
  /** Makes a key that can do no more than yours; `key` is shown this once. Throws `forbidden`. */
  static readonly create = '!'
  /** Renames a key, changes its origins or its end. */
  static readonly update = '/:id ~'
  /** Ends a key; it is dead within a second. */
  static readonly revoke = '/:id -'
}

class assignmentRules {
  /** Every rule that gives new leads an owner, in their order. */
  static readonly list = '[]'
  /** Adds a rule at the end. Throws `unknown_reference`. */
  static readonly create = '+'
  /** Changes what is named; `position` moves the rule. */
  static readonly update = '/:id ~'
  static readonly delete = '/:id -'
}

class scoreRules {
  /** Every rule that gives leads points, oldest first. */
  static readonly list = '[]'
  /** Adds a rule; all leads are scored anew. */
  static readonly create = '+'
  /** Changes what is named; all leads are scored anew. */
  static readonly update = '/:id ~'
  static readonly delete = '/:id -'
}

class segments {
  /** Every segment by its name; `count: true` says how many leads each has. */
  static readonly list = '?'
  /** One segment; its leads are `leads.list({ segment: id })`. */
  static readonly get = '/:id ?'
  /** Keeps a filter and a search under a name. Throws `name_taken`. */
  static readonly create = '+'
  /** Changes what is named. Throws `name_taken`. */
  static readonly update = '/:id ~'
  /** Deletes a segment; its leads stay. */
  static readonly delete = '/:id -'
}

class privacyRequests {
  /** One page of what people asked for on their own page, newest first. */
  static readonly list = '?'
  /** Every such request, fetched page by page while you read. */
  static readonly each = '*'
  /** Does what was asked for; resolves when it is done. Throws `request_settled`. */
  static readonly confirm = '/:id/confirm .'
  /** Does not. Throws `request_settled`. */
  static readonly refuse = '/:id/refuse .'
}

class receipts {
  /** What became of a submission, by its id; needs no key. */
  static readonly get = 'receipts/:id ='
  /** Whether a receipt is right, and what is stored is what it was given for. Throws `invalid_input`, `not_found`. */
  static readonly verify = 'receipts/verify +'
}

class plugins {
  /** The plugins of the installation, as this workspace has them. */
  static readonly list = '[]'
  static readonly get = '/:id ='
  /** Turns a plugin on or off, and sets what it asks. */
  static readonly update = '/:id ~'
  /** Whether it reaches what it works with. */
  static readonly check = '/:id/check .'
}

class reports {
  /** How soon people acted on what came in, by owner, form and day; the last 30 days unless `from` and `to` say otherwise. */
  static readonly speedToLead = '/speed-to-lead ?'
}

class workspace {
  /** The workspace of the key, with its country, time zone and opening hours. */
  static readonly get = '='
  /** Changes what is named; `null` clears. */
  static readonly update = '~'
}

class workspaces {
  /** Creates a workspace; whoever asks becomes its owner. */
  static readonly create = '+'
}

export const tables = {
  auth,
  leads,
  events,
  jobs,
  imports,
  importMappings,
  exports,
  exportSchedules,
  notes,
  consents,
  suppressions,
  messages,
  messageTemplates,
  conversations,
  channels,
  merges,
  duplicates,
  forms,
  submissions,
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
  privacyRequests,
  receipts,
  plugins,
  reports,
  workspace,
  workspaces,
  webhookEndpoints,
}

/** What is often there comes first and in one order: the same text again costs next to nothing after gzip. */
const usual = ['list', 'each', 'get', 'create', 'update', 'delete']
const place = (name: string) => (usual.indexOf(name) + usual.length + 1) % (usual.length + 1)

/** A table as `verbsOf` reads it: `get/:id= notes@leads/:id/notes? undo:.`, where a colon is `/:id/` and the verb's own name. */
function packed(table: object): string {
  return Object.entries<string>({ ...table } as Record<string, string>)
    .sort(([one], [other]) => place(one) - place(other))
    .map(([name, text]) => {
      const [, path, mark] = /(.*?) ?(\W+)$/.exec(text) as unknown as [string, string, string]
      return name + (path === `/:id/${kebab(name)}` ? ':' : path.replace(/^\w/, '@$&')) + mark
    })
    .join(' ')
}

export const nouns: Record<string, string> = Object.fromEntries(
  Object.entries(tables)
    .map(([noun, table]) => [noun, packed(table)] as const)
    .sort(([, one], [, other]) => (one < other ? -1 : 1)),
)
