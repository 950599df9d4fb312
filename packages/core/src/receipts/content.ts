import { createHash } from 'node:crypto'
import { canonical } from '../canonical.ts'
import type { Answers } from '../forms/check-fields.ts'
import type { Attribution, SubmissionInput } from '../submissions/submission.ts'

/** What a receipt says was stored. */
export interface Content {
  id: string
  formId: string
  formVersion: number
  fields: Answers
  attribution: Attribution | null
  consents: SubmissionInput['consents'] | null
  test: boolean
  createdAt: string
}

/**
 * The hash in a receipt: SHA-256 of the salt and of the content as JSON in one form (RFC 8785), so that it comes out the same
 * from the row, whose jsonb has its keys in another order. Without the salt, which goes when the content is erased, no
 * guess can be tried.
 */
export function contentHash(salt: Buffer, content: Content): string {
  return createHash('sha256').update(salt).update(canonical(content)).digest('base64url')
}
