import { randomFillSync } from 'node:crypto'
import * as v from 'valibot'

const bytes = Buffer.alloc(16 * 256)
let next = bytes.length

/** A UUIDv7 (RFC 9562): ids sort by the time they were made, so they are also our page cursors. */
export function newId(now = Date.now()): string {
  if (next === bytes.length) {
    randomFillSync(bytes)
    next = 0
  }
  const id = bytes.subarray(next, next + 16)
  next += 16
  id.writeUIntBE(now, 0, 6)
  id[6] = 0x70 | (id[6]! & 0x0f)
  id[8] = 0x80 | (id[8]! & 0x3f)
  const hex = id.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A UUID as it stands in a path or a body; upper case is read as lower. */
export const Id = v.pipe(v.string(), v.uuid('This is not an id.'), v.toLowerCase())

export function isId(value: string): boolean {
  return v.is(Id, value)
}

/** The lowest id that can be made in this millisecond, so that a range of times is a range of ids. */
export function firstIdAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}
