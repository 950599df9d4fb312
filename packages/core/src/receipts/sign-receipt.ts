import { type Signer, signJws } from '../jws.ts'
import type { Judged } from '../leads/write-judged.ts'
import { contentHash } from './content.ts'
import { type ReceiptClaims, receiptType } from './receipt.ts'

/** The receipt of a capture, which is given away once what it says is committed. */
export function signReceipt(signer: Signer, { capture, result }: Judged): Promise<string> {
  const { id, form, answers, input, at, salt } = capture
  const test = input.test ?? false
  const claims: ReceiptClaims = {
    sub: id,
    form: form.id,
    status: result.status,
    iat: Math.floor(at.getTime() / 1000),
    sha256: contentHash(salt, {
      id,
      formId: form.id,
      formVersion: form.version,
      fields: answers,
      attribution: input.attribution ?? null,
      consents: input.consents ?? null,
      test,
      createdAt: at.toISOString(),
    }),
    ...(test && { test }),
  }
  return signJws(signer, receiptType, claims)
}
