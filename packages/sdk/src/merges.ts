import type { Duplicate } from '@leadnest/core/contract'
import { type Ask, type Body, eachOf, type Query } from './ask.ts'
import type { CallOptions } from './request.ts'

export const mergesOf = (ask: Ask) => ({
  /**
   * Makes one lead of two: the older one survives. With `dryRun` the result is shown and nothing is changed.
   *
   * @example
   * const { id, lead } = await leadnest.merges.create({ leadIds: [one.id, other.id] })
   */
  create: (merge: Body<'POST /v1/leads/merge'>, call?: CallOptions) =>
    ask('POST /v1/leads/merge', { body: merge }, call),

  /** Merges that a lead survived, newest first. */
  list: async (leadId: string, call?: CallOptions) =>
    (await ask('GET /v1/leads/:id/merges', { params: { id: leadId } }, call)).data,

  /** Undoes a merge, for 90 days: both leads as they were, but for what was edited since. Throws `merge_not_possible`. */
  undo: (id: string, call?: CallOptions) => ask('POST /v1/merges/:id/undo', { params: { id } }, call),
})

export const duplicatesOf = (ask: Ask) => ({
  /** One page of pairs that may be one person, newest first. */
  list: (query: Query<'GET /v1/duplicates'> = {}, call?: CallOptions) => ask('GET /v1/duplicates', { query }, call),

  /** Every pair, fetched page by page while you read. */
  each: (query: Query<'GET /v1/duplicates'> = {}, call?: CallOptions): AsyncGenerator<Duplicate, void> =>
    eachOf(query.cursor, (cursor) => ask('GET /v1/duplicates', { query: { ...query, cursor } }, call)),

  /** Pairs that this lead is one of. */
  of: (leadId: string, query: Query<'GET /v1/leads/:id/duplicates'> = {}, call?: CallOptions) =>
    ask('GET /v1/leads/:id/duplicates', { params: { id: leadId }, query }, call),

  /** Says that two leads are not the same person; they are not suggested again. */
  dismiss: (id: string, call?: CallOptions) => ask('POST /v1/duplicates/:id/dismiss', { params: { id } }, call),
})
