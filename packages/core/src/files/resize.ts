import type { Bytes } from './file.ts'

/** The same bytes in pieces of `size`; the last one is as long as it is. */
export async function* resize(source: Bytes, size: number): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = []
  let length = 0
  for await (const bytes of source) {
    for (let rest = bytes; rest.length > 0; ) {
      const taken = rest.subarray(0, size - length)
      parts.push(taken)
      length += taken.length
      rest = rest.subarray(taken.length)
      if (length < size) continue
      yield Buffer.concat(parts)
      parts = []
      length = 0
    }
  }
  if (length > 0) yield Buffer.concat(parts)
}
