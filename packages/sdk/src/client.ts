import { type Body, createAsk, type Query } from './ask.ts'
import { fieldsOf } from './fields.ts'
import { formsOf } from './forms.ts'
import { leadsOf, notesOf, pipelinesOf } from './leads.ts'
import { membersOf } from './members.ts'
import { duplicatesOf, mergesOf } from './merges.ts'
import type { CallOptions, ClientOptions } from './request.ts'
import { assignmentRulesOf, scoreRulesOf } from './rules.ts'

/** A connected client; see {@link createLeadNest}. */
export type LeadNest = ReturnType<typeof createLeadNest>

/**
 * Connects to a LeadNest server; sends nothing until a method is called, keeps nothing, logs nothing.
 *
 * @example
 * const leadnest = createLeadNest({ url: 'https://leads.example.com', key: process.env.LEADNEST_KEY })
 * const lead = await leadnest.leads.create({ email: 'ada@example.com' })
 */
export function createLeadNest(options: ClientOptions) {
  const ask = createAsk(options)
  return {
    leads: leadsOf(ask),
    notes: notesOf(ask),
    pipelines: pipelinesOf(ask),
    members: membersOf(ask),
    fields: fieldsOf(ask),
    assignmentRules: assignmentRulesOf(ask),
    scoreRules: scoreRulesOf(ask),

    reports: {
      /** How soon people act on what comes in, by owner, form and day; of the last 30 days unless told. */
      speedToLead: (query: Query<'GET /v1/reports/speed-to-lead'> = {}, call?: CallOptions) =>
        ask('GET /v1/reports/speed-to-lead', { query }, call),
    },

    forms: formsOf(ask),
    merges: mergesOf(ask),
    duplicates: duplicatesOf(ask),

    tags: {
      /** Every tag, with how many leads carry it. */
      list: async (call?: CallOptions) => (await ask('GET /v1/tags', {}, call)).data,
    },

    /** Who the key belongs to, and what it may do. */
    me: (call?: CallOptions) => ask('GET /v1/me', {}, call),

    workspace: {
      /** The workspace of the key, with its country, time zone and opening hours. */
      get: (call?: CallOptions) => ask('GET /v1/workspace', {}, call),

      /** Changes what is named; `null` clears. */
      update: (patch: Body<'PATCH /v1/workspace'>, call?: CallOptions) =>
        ask('PATCH /v1/workspace', { body: patch }, call),
    },

    workspaces: {
      /** Creates a workspace; whoever asks becomes its owner. */
      create: (workspace: Body<'POST /v1/workspaces'>, call?: CallOptions) =>
        ask('POST /v1/workspaces', { body: workspace }, call),
    },
  }
}
