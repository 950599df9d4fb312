import type { Ask, Body } from './ask.ts'
import type { CallOptions } from './request.ts'

export const membersOf = (ask: Ask) => ({
  /** Who works in the workspace, by name. */
  list: async (call?: CallOptions) => (await ask('GET /v1/members', {}, call)).data,

  /** Makes a user of the installation a member. Throws `unknown_reference`. */
  add: (member: Body<'POST /v1/members'>, call?: CallOptions) => ask('POST /v1/members', { body: member }, call),

  /** Changes role, absence or hours; `null` clears. Throws `last_owner`. */
  update: (id: string, patch: Body<'PATCH /v1/members/:id'>, call?: CallOptions) =>
    ask('PATCH /v1/members/:id', { params: { id }, body: patch }, call),

  /** Ends a membership; leads keep their owner. Throws `last_owner`. */
  remove: (id: string, call?: CallOptions) => ask('DELETE /v1/members/:id', { params: { id } }, call),
})
