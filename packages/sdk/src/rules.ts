import type { Ask, Body } from './ask.ts'
import type { CallOptions } from './request.ts'

export const assignmentRulesOf = (ask: Ask) => ({
  /** Every rule that gives new leads an owner, in their order. */
  list: async (call?: CallOptions) => (await ask('GET /v1/assignment-rules', {}, call)).data,

  /** Adds a rule at the end. Throws `unknown_reference`. */
  create: (rule: Body<'POST /v1/assignment-rules'>, call?: CallOptions) =>
    ask('POST /v1/assignment-rules', { body: rule }, call),

  /** Changes what is named; `position` moves the rule. */
  update: (id: string, patch: Body<'PATCH /v1/assignment-rules/:id'>, call?: CallOptions) =>
    ask('PATCH /v1/assignment-rules/:id', { params: { id }, body: patch }, call),

  delete: (id: string, call?: CallOptions) => ask('DELETE /v1/assignment-rules/:id', { params: { id } }, call),
})

export const scoreRulesOf = (ask: Ask) => ({
  /** Every rule that gives leads points, oldest first. */
  list: async (call?: CallOptions) => (await ask('GET /v1/score-rules', {}, call)).data,

  /** Adds a rule; all leads are scored anew. */
  create: (rule: Body<'POST /v1/score-rules'>, call?: CallOptions) => ask('POST /v1/score-rules', { body: rule }, call),

  /** Changes what is named; all leads are scored anew. */
  update: (id: string, patch: Body<'PATCH /v1/score-rules/:id'>, call?: CallOptions) =>
    ask('PATCH /v1/score-rules/:id', { params: { id }, body: patch }, call),

  delete: (id: string, call?: CallOptions) => ask('DELETE /v1/score-rules/:id', { params: { id } }, call),
})
