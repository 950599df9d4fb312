import * as v from 'valibot'
import { Id } from '../id.ts'

/** What the header of a receipt says it is. */
export const receiptType = 'leadnest-receipt+jwt'

/** What a receipt says. `status` is that of the answer it came with; `sha256` is of what was stored, see `contentHash`. */
export const ReceiptClaims = v.strictObject({
  /** The submission. */
  sub: Id,
  form: Id,
  status: v.picklist(['accepted', 'held']),
  /** Seconds since 1970. */
  iat: v.pipe(v.number(), v.integer()),
  sha256: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
  /** Only where it was one. */
  test: v.optional(v.literal(true)),
})

/**
 * What became of a submission, for whoever has its id. `received`: stored, and no lead was made of it (a test, or one that
 * waits); `erased`: nothing but this is left.
 */
export const ReceiptStatus = v.object({
  id: Id,
  status: v.picklist(['received', 'held', 'lead_created', 'erased']),
  test: v.boolean(),
  /** When it was sent. */
  at: v.string(),
  erasedAt: v.nullable(v.string()),
})

export const ReceiptInput = v.strictObject({
  receipt: v.pipe(v.string(), v.maxLength(4096, 'At most 4096 characters.')),
})

/** What a receipt that we signed says, what is now, and whether what is stored is what it was given for. */
export const ReceiptCheck = v.object({
  id: Id,
  formId: Id,
  /** When it was answered. */
  answered: v.picklist(['accepted', 'held']),
  status: ReceiptStatus.entries.status,
  test: v.boolean(),
  at: v.string(),
  erasedAt: v.nullable(v.string()),
  content: v.picklist(['unchanged', 'changed', 'erased']),
})

export type ReceiptClaims = v.InferOutput<typeof ReceiptClaims>
export type ReceiptStatus = v.InferOutput<typeof ReceiptStatus>
export type ReceiptCheck = v.InferOutput<typeof ReceiptCheck>
