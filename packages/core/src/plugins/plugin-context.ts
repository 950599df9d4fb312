import type { ChannelPowers } from '../channels/channel.ts'
import type { Issue } from '../errors.ts'
import type { Event, EventType } from '../events/event.ts'
import type { OwnEvent } from '../events/own-event.ts'
import type { ExportPowers } from '../exports/export-powers.ts'
import type { LeadField } from '../fields/field.ts'
import type { Answers } from '../forms/check-fields.ts'
import type { Form } from '../forms/form.ts'
import type { ImportPowers } from '../imports/import-powers.ts'
import type { Lead, LeadInput, LeadPage, LeadPatch } from '../leads/lead.ts'
import type { Member } from '../members/member.ts'
import type { Message, MessageInput } from '../messages/message.ts'
import type { Note } from '../notes/note.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { Sql } from '../postgres/sql.ts'
import type { Segment } from '../segments/segment.ts'
import type { Attribution, SubmissionInput, SubmissionResult } from '../submissions/submission.ts'

/**
 * What a plugin may do beyond being told. `leads:read` and `leads:write` open `context.leads`, `events:read` opens `context.events`,
 * `imports` and `exports` open what is called so, `forms:read` opens `context.forms`, `submissions:write` `context.submissions`, `tables` opens `context.db`,
 * by which a plugin can read and write whatever LeadNest itself can; `http:<host>` lets
 * `context.fetch` reach a host, as in `http:api.example.com`, and `http:*` any host that is public. `send:<channel>` lets it
 * write to leads, as in `send:sms`; `channels` lets it bring a channel.
 */
export type Capability =
  | 'leads:read'
  | 'leads:write'
  | 'forms:read'
  | 'submissions:write'
  | 'members:read'
  | 'links'
  | 'events:read'
  | 'imports'
  | 'exports'
  | 'tables'
  | 'channels'
  | `http:${string}`
  | `send:${string}`

/** What every part of a plugin is handed: its powers, in one workspace. */
export interface PluginContext<Settings = unknown> {
  workspaceId: string
  /** What all addresses of this LeadNest begin with, as the outside knows them: `https://leads.example.com`. */
  baseUrl: string
  /** As its schema gives them. */
  settings: Settings
  /** Which of them, by key, nobody filled in here: whoever runs LeadNest gave them, by the environment. */
  given: readonly string[]
  leads: LeadPowers
  events: EventPowers
  imports: ImportPowers
  forms: FormPowers
  submissions: SubmissionPowers
  /** Who works in the workspace and is not disabled, by name. Needs `members:read`. */
  members: { list(): Promise<Member[]> }
  exports: ExportPowers
  /** Sends to hosts that it declares, and never to a private network or after a redirect; an answer has at most 10 MiB. It ends with the time that the call has, unless another signal is given. */
  fetch: Outbound
  messages: MessagePowers
  /** What it does on a channel that it brings itself. */
  channel(id: string): ChannelPowers
  jobs: {
    /** Adds one of the plugin's own jobs. */
    add(name: string, payload?: object, options?: PluginJobOptions): Promise<void>
  }
  /** The plugin's own tables, in this workspace. */
  db: {
    query<Row>(statement: Sql): Promise<Row[]>
    /** All of it or nothing. It may run twice, so it keeps no state outside. */
    transaction<T>(work: (query: PluginTx['query'], tx: PluginTx) => Promise<T>): Promise<T>
  }
  /** For what the plugin's own tables keep and nobody may read there. What was sealed in one workspace cannot be opened in another. */
  secrets: {
    seal(text: string): string
    /** Undefined for what was changed, or sealed by a key that is not in LEADNEST_SECRET_KEY any more. */
    open(sealed: string): string | undefined
    /** Whether the newest key sealed it; what an older one did is to be sealed again before that one goes. */
    isNewest(sealed: string): boolean
  }
  /**
   * One page of a list that stands in the order of its ids: `read` is asked for `limit` rows after an id. Its cursors are signed
   * for that list in this workspace. Throws `invalid_cursor`.
   */
  page<Row extends { id: string }>(
    list: string,
    query: { limit: number; cursor?: string | undefined },
    read: (after: string | null, limit: number) => Promise<Row[]>,
  ): Promise<{ data: Row[]; nextCursor: string | null }>
  /** Tells the open pages of plugins that something is different: their live parts are read again. */
  refresh(): Promise<void>
  now(): Date
  /** Lines in the server's log, marked with the plugin's id. Never write what a person told. */
  log: { info(message: string): void; warn(message: string): void }
}

export interface PluginJobOptions {
  /** Another job of the same key that has not begun is replaced. */
  key?: string
  at?: Date
  /** Jobs of one queue run one after the other, whatever their names. */
  queue?: string
}

/** A transaction of a plugin: what is done by it is done with the rest, or not at all. */
export interface PluginTx {
  query<Row>(statement: Sql): Promise<Row[]>
  addJob: PluginContext['jobs']['add']
  /** Writes the event `plugin.told` of a change that the plugin makes: `what` names it, as `endpoint.created`. Never write what is secret. */
  record(what: string, data?: object): Promise<void>
}

/** What a job is handed besides. `idempotencyKey` is the same each time the job is tried again. */
export interface JobContext<Settings = unknown> extends PluginContext<Settings> {
  idempotencyKey: string
  /** Aborted after a minute, when the job counts as failed. */
  signal: AbortSignal
}

/** What a handler of an event is handed. */
export interface HandlerContext<Settings = unknown> extends JobContext<Settings> {
  /** The lead that the event is about, as it is now; null where it is gone, or the event is about none. */
  lead: Lead | null
}

/** What happened, by hand: for what a plugin tells again. What was of somebody who is erased is not given. */
export interface EventPowers {
  many(ids: string[]): Promise<Event[]>
  /** Oldest first, from `from` (included) to `to`; `after` is the id of the last one of the page before. */
  list(query: { from: Date; to: Date; types?: EventType[]; after?: string; limit?: number }): Promise<Event[]>
}

/** What a route is handed: nobody's powers yet, until it says whose request this is. */
export interface RouteContext<Settings = unknown> {
  /** The values of `:names` in its path. */
  params: Record<string, string>
  /** The address it was asked at, as the outside knows it: on PUBLIC_BASE_URL, whatever a proxy made of it. */
  url: string
  /** The powers in the workspace whose settings have this name (see `names`); null where none has, or the plugin is off there. */
  find(name: string): Promise<PluginContext<Settings> | null>
  /** The powers in a workspace that the request names by its id; null where the plugin is off there. Check who asks before using them. */
  at(workspaceId: string): Promise<PluginContext<Settings> | null>
  /** The same where a request names nobody: of the only workspace that has a name; else whether `none` has, or `several`. */
  only(): Promise<PluginContext<Settings> | 'none' | 'several'>
}

/** The forms of the workspace. */
export interface FormPowers {
  /** By id or slug; null where there is none. It may be a second old. */
  get(name: string): Promise<Form | null>
  list(): Promise<Form[]>
}

/** What a plugin sends on a form, as a trusted server does: it goes through `beforeCapture` of the others, makes a lead, and has a receipt. */
export interface SubmissionPowers {
  /**
   * `key` makes it once: the same one again within a day gives what it made before, whatever is sent then. Throws `not_found` for the form,
   * `invalid_input` with an issue for each field, `unknown_reference` for a consent.
   */
  create(
    form: string,
    input: SubmissionDraft,
    options: { key: string },
  ): Promise<SubmissionResult & { leadId: string | null }>
  /** What would be refused of it; nothing where it would be taken. Throws `not_found`. */
  check(form: string, input: SubmissionDraft): Promise<Issue[]>
}

export type SubmissionDraft = Pick<SubmissionInput, 'fields' | 'attribution' | 'consents' | 'test'>

/** What was sent on a form, before it is stored. */
export interface Draft {
  form: Pick<Form, 'id' | 'slug' | 'name'>
  fields: Answers
  attribution: Attribution | null
  test: boolean
  /** Sent by a server with a secret key or an access token. */
  trusted: boolean
}

/** What a plugin makes of a draft; nothing leaves it as it is. */
export interface DraftChange {
  /** Added to what was sent, or put in its place: fields of the form, columns of a lead (`company`), or fields of the workspace. */
  fields?: Answers
  /** Holds it for a person, for this reason. A trusted server's is never held. */
  hold?: string
  /** Refuses it: the visitor sees each message beside its field, as in `{ path: 'fields.email', message: '…' }`. */
  reject?: Issue[]
}

/** What a plugin may do with leads: as a trusted door, in its own name. Each throws what the route of the same name does. */
export interface LeadPowers {
  /** Null where there is none. */
  get(id: string): Promise<Lead | null>
  /** Those of these that are there; with a filter, as one that was kept, those that match it. */
  many(ids: string[], options?: { filter?: string }): Promise<Lead[]>
  /** Throws `invalid_input` or `unknown_reference` for a filter that is about to be kept and cannot be. */
  checkFilter(filter: string): Promise<void>
  list(query?: { q?: string; filter?: string; email?: string; limit?: number; cursor?: string }): Promise<LeadPage>
  /** The segments of the workspace. */
  segments(): Promise<Segment[]>
  /** The workspace's own fields that are not archived. */
  fields(): Promise<LeadField[]>
  /** Creates a lead, or updates the one with this identity. */
  create(input: LeadInput): Promise<Lead>
  update(id: string, patch: LeadPatch): Promise<Lead>
  tag(id: string, tags: { add?: string[]; remove?: string[] }): Promise<void>
  /** Writes a note, in Markdown. */
  note(id: string, body: string): Promise<Note>
  /** Tells what a lead did elsewhere. */
  track(id: string, event: OwnEvent): Promise<Event>
}

/** What a plugin may do with messages: in its own name, on channels for which it has `send:<channel>`. */
export interface MessagePowers {
  /**
   * Queues a message to a lead. Throws what `POST /v1/leads/:id/messages` does, as `suppressed` after an opt-out. `key` makes it once, also
   * where a job runs twice: the same one again within a day gives the message that it made before, whatever is sent then.
   */
  send(message: MessageInput & { leadId: string }, options?: { key?: string }): Promise<Message>
  /** Takes back what has not left. */
  cancel(id: string): Promise<Message>
  /** Null where there is none. Needs `leads:read`. */
  get(id: string): Promise<Message | null>
  /** What a lead wrote and was written since then, newest first, a hundred at most. Needs `leads:read`. */
  list(query: { leadId: string; since: Date }): Promise<Message[]>
  /** The templates of a channel, by which `send` can be told what to say. */
  templates(channel: string): Promise<{ id: string; name: string }[]>
}
