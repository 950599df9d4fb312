import type { Lead, LeadInput, LeadPatch } from '@leadnest/core/contract'
import { type Ask, type Body, eachOf, type Query } from './ask.ts'
import type { CallOptions } from './request.ts'

export const leadsOf = (ask: Ask) => ({
  /** Creates a lead, or updates the one with this identity: what is named is overwritten, `null` clears. */
  create: (lead: LeadInput, call?: CallOptions) => ask('POST /v1/leads', { body: lead }, call),

  /** One lead by its id; throws `not_found` where there is none. */
  get: (id: string, call?: CallOptions) => ask('GET /v1/leads/:id', { params: { id } }, call),

  /** Changes what is named; `null` clears. Throws `identity_taken`, `unknown_reference`. */
  update: (id: string, patch: LeadPatch, call?: CallOptions) =>
    ask('PATCH /v1/leads/:id', { params: { id }, body: patch }, call),

  /** Deletes a lead; it is kept for 30 days, and a new capture of the same person revives it. */
  delete: (id: string, call?: CallOptions) => ask('DELETE /v1/leads/:id', { params: { id } }, call),

  /** Adds and removes tags; a new name makes the tag. */
  tag: (id: string, tags: Body<'POST /v1/leads/:id/tags'>, call?: CallOptions) =>
    ask('POST /v1/leads/:id/tags', { params: { id }, body: tags }, call),

  /** One page of leads, newest first, 50 unless `limit` (1 to 200) says otherwise; `q` searches. */
  list: (query: Query<'GET /v1/leads'> = {}, call?: CallOptions) => ask('GET /v1/leads', { query }, call),

  /**
   * Every lead that matches, fetched page by page while you read.
   *
   * @example
   * for await (const lead of leadnest.leads.each({ q: 'ada' })) console.log(lead.email)
   */
  each: (query: Query<'GET /v1/leads'> = {}, call?: CallOptions): AsyncGenerator<Lead, void> =>
    eachOf(query.cursor, (cursor) => ask('GET /v1/leads', { query: { ...query, cursor } }, call)),

  /** The score of a lead, and what each rule adds to it. */
  score: (id: string, call?: CallOptions) => ask('GET /v1/leads/:id/score', { params: { id } }, call),

  /** How soon people acted on what a lead sent, newest first. */
  speed: async (id: string, call?: CallOptions) =>
    (await ask('GET /v1/leads/:id/speed', { params: { id } }, call)).data,

  /** One page of what happened to a lead, newest first. */
  timeline: (id: string, query: Query<'GET /v1/leads/:id/timeline'> = {}, call?: CallOptions) =>
    ask('GET /v1/leads/:id/timeline', { params: { id }, query }, call),
})

export const notesOf = (ask: Ask) => ({
  /** One page of the notes on a lead, newest first. */
  list: (leadId: string, query: Query<'GET /v1/leads/:id/notes'> = {}, call?: CallOptions) =>
    ask('GET /v1/leads/:id/notes', { params: { id: leadId }, query }, call),

  /** Writes a note on a lead, in Markdown. */
  create: (leadId: string, body: string, call?: CallOptions) =>
    ask('POST /v1/leads/:id/notes', { params: { id: leadId }, body: { body } }, call),

  update: (id: string, body: string, call?: CallOptions) =>
    ask('PATCH /v1/notes/:id', { params: { id }, body: { body } }, call),

  delete: (id: string, call?: CallOptions) => ask('DELETE /v1/notes/:id', { params: { id } }, call),
})

export const pipelinesOf = (ask: Ask) => ({
  /** Every pipeline with its stages, in their order. */
  list: async (call?: CallOptions) => (await ask('GET /v1/pipelines', {}, call)).data,

  create: (pipeline: Body<'POST /v1/pipelines'>, call?: CallOptions) =>
    ask('POST /v1/pipelines', { body: pipeline }, call),

  /** Replaces name and stages; leads stay in stages that are named. Throws `stage_in_use`. */
  replace: (id: string, pipeline: Body<'PATCH /v1/pipelines/:id'>, call?: CallOptions) =>
    ask('PATCH /v1/pipelines/:id', { params: { id }, body: pipeline }, call),

  delete: (id: string, call?: CallOptions) => ask('DELETE /v1/pipelines/:id', { params: { id } }, call),
})
