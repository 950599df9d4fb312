import * as v from 'valibot'
import { Login, LoginInput, Me, type Scope, Workspace, WorkspaceInput } from './accounts/account.ts'
import { Event } from './events/event.ts'
import { PublishedForm } from './forms/form.ts'
import { Lead, LeadInput, LeadQuery, Limit } from './leads/lead.ts'
import { SubmissionInput, SubmissionResult } from './submissions/submission.ts'

// biome-ignore lint/suspicious/noExplicitAny: a schema's own types are inferred where the entry is used
type Schema = v.GenericSchema<any, any>

/** One route of the HTTP API. */
export interface Endpoint {
  /** What it does, in one line. It becomes the OpenAPI summary. */
  summary: string
  /** `form`: browsers with a publishable key or an allowed origin. `anyone`: no credential. `user`: any credential. Else a scope. */
  access: 'anyone' | 'form' | 'user' | Scope
  query?: Schema
  body?: Schema
  returns: Schema
  /** The status of success, 200 unless told; a handler may answer another 2xx. */
  status?: 200 | 201 | 202
  /** Answers that show a secret are never stored for replay: the header Idempotency-Key is refused. */
  showsSecret?: true
}

const page = <S extends v.GenericSchema>(row: S) => v.object({ data: v.array(row), nextCursor: v.nullable(v.string()) })

/**
 * The HTTP API, in full. The server mounts it, the SDK calls it, OpenAPI prints it;
 * a route that is not in this table does not exist.
 */
export const contract = {
  'POST /v1/auth/login': {
    summary: 'Sign in with e-mail and password for an access token',
    access: 'anyone',
    body: LoginInput,
    returns: Login,
    showsSecret: true,
  },
  'GET /v1/me': {
    summary: 'Who the credential belongs to, and what it may do',
    access: 'user',
    returns: Me,
  },
  'POST /v1/workspaces': {
    summary: 'Create a workspace; whoever asks becomes its owner',
    access: 'workspaces:write',
    body: WorkspaceInput,
    returns: Workspace,
    status: 201,
  },
  'GET /v1/forms/:slug': {
    summary: 'The form a widget draws; a fresh single-use token comes in the header LeadNest-Form-Token',
    access: 'form',
    returns: PublishedForm,
  },
  'POST /v1/forms/:slug/submissions': {
    summary: 'Submit a form, as the widget does',
    access: 'form',
    body: SubmissionInput,
    returns: SubmissionResult,
    status: 201,
  },
  'GET /v1/leads': {
    summary: 'List leads, newest first; search with q, find one by email',
    access: 'leads:read',
    query: LeadQuery,
    returns: page(Lead),
  },
  'POST /v1/leads': {
    summary: 'Create a lead (201), or update the one with this identity (200)',
    access: 'leads:write',
    body: LeadInput,
    returns: Lead,
    status: 201,
  },
  'GET /v1/leads/:id': {
    summary: 'One lead',
    access: 'leads:read',
    returns: Lead,
  },
  'GET /v1/leads/:id/timeline': {
    summary: 'What happened to a lead, newest first',
    access: 'leads:read',
    query: v.strictObject({ limit: Limit, cursor: v.optional(v.string()) }),
    returns: page(Event),
  },
} as const satisfies Record<string, Endpoint>

export type Contract = typeof contract
export type Route = keyof Contract

/** The `:names` in a route: `Params<'GET /v1/forms/:slug'>` is `{ slug: string }`. */
export type Params<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? { [Key in Name]: string } & Params<Rest>
  : Path extends `${string}:${infer Name}`
    ? { [Key in Name]: string }
    : Record<never, string>

type Part<R extends Route, Name extends 'query' | 'body'> =
  Contract[R] extends Record<Name, infer S extends Schema> ? S : never

/** What a caller sends: params, query and body, only those the route has. */
export type Args<R extends Route> = (keyof Params<R> extends never ? unknown : { params: Params<R> }) &
  ([Part<R, 'query'>] extends [never] ? unknown : { query: QueryInput<v.InferInput<Part<R, 'query'>>> }) &
  ([Part<R, 'body'>] extends [never] ? unknown : { body: v.InferInput<Part<R, 'body'>> })

/** A query travels as text; a caller may write numbers. */
type QueryInput<Query> = { [Key in keyof Query]: Key extends 'limit' ? number | Query[Key] : Query[Key] }

/** What a handler receives: the same, parsed. */
export type Parsed<R extends Route> = {
  params: Params<R>
  query: [Part<R, 'query'>] extends [never] ? undefined : v.InferOutput<Part<R, 'query'>>
  body: [Part<R, 'body'>] extends [never] ? undefined : v.InferOutput<Part<R, 'body'>>
}

export type Result<R extends Route> = v.InferOutput<Contract[R]['returns']>
export type { ErrorCode, Issue } from './errors.ts'
export type { Event } from './events/event.ts'
export type { Field, PublishedForm } from './forms/form.ts'
export type { Lead, LeadInput } from './leads/lead.ts'
export type { Attribution, SubmissionInput, SubmissionResult } from './submissions/submission.ts'
