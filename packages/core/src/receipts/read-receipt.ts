import * as v from 'valibot'
import { type PublicKeys, readJws } from '../jws.ts'
import { ReceiptClaims, receiptType } from './receipt.ts'

/** What a receipt says, where one of these keys signed it; else why it is none. Asks nobody. */
export function readReceipt(keys: PublicKeys, token: string): { claims: ReceiptClaims } | { refusal: string } {
  const read = readJws(keys, receiptType, token)
  if ('refusal' in read) return read
  const claims = v.safeParse(ReceiptClaims, read.claims)
  return claims.success ? { claims: claims.output } : { refusal: 'It does not say what a receipt says.' }
}
