import { createHash } from 'node:crypto'

/**
 * Whether a visitor's browser has worked for this: the SHA-256 of `<token>.<proof>` begins with so many zero bits. One hash,
 * however much work it was.
 */
export function isProof(token: string, proof: string, bits: number): boolean {
  if (!/^\d{1,15}$/.test(proof)) return false
  const hash = createHash('sha256').update(`${token}.${proof}`).digest()
  return Math.clz32(hash.readUInt32BE(0)) >= bits
}
