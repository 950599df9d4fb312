import type { Ask, Body } from './ask.ts'
import type { CallOptions } from './request.ts'

export const fieldsOf = (ask: Ask) => ({
  /** The workspace's own fields of a lead, archived ones too. */
  list: async (call?: CallOptions) => (await ask('GET /v1/fields', {}, call)).data,

  /** Defines a field; its key and type stay. Throws `name_taken`. */
  create: (field: Body<'POST /v1/fields'>, call?: CallOptions) => ask('POST /v1/fields', { body: field }, call),

  /** Renames a field, changes its options, archives it (`archived: true`) or brings it back; leads keep their values. */
  update: (key: string, patch: Body<'PATCH /v1/fields/:key'>, call?: CallOptions) =>
    ask('PATCH /v1/fields/:key', { params: { key }, body: patch }, call),
})
