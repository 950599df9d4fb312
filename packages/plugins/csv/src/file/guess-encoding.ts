import type { Bytes } from '@leadnest/core/plugin'
import { analyse } from 'chardet'
import { encodingOf, isEncoding, refuseBinary } from './decode.ts'

const western = /^(windows-1252|iso-8859-(1|15))$/
const headSize = 64 * 1024

/**
 * Passes a file on, and says afterwards what it may be written in where it is not UTF-8; null where it is. That is a guess for somebody to
 * confirm: some encodings differ in a few letters.
 */
export function guessing(file: Bytes) {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  let head = Buffer.alloc(0)
  let strange: Buffer | undefined
  return {
    async *bytes() {
      for await (const chunk of file) {
        if (head.length < headSize) head = Buffer.concat([head, chunk]).subarray(0, headSize)
        if (!strange && !isText(utf8, chunk)) strange = Buffer.from(chunk.subarray(0, headSize))
        yield chunk
      }
    },
    guess(): string | null {
      if (encodingOf(head).begins > 0) return null
      const wide = wideOf(head)
      if (wide || !strange || !isTextual(head)) return wide
      const likely = analyse(Buffer.concat([head, strange]))
        .map(({ name, confidence }) => ({ name: name.toLowerCase(), confidence }))
        .filter(({ name }) => name !== 'utf-8' && name !== 'ascii' && isEncoding(name))
      const [found] = likely
      // What windows-1252 has beyond Latin-1, nobody means otherwise; where another is no likelier, the usual one is.
      const isWestern = likely.some(({ name, confidence }) => confidence === found!.confidence && western.test(name))
      return !found || isWestern ? 'windows-1252' : found.name
    },
  }
}

/** UTF-16 without its mark: every other byte of Latin letters, delimiters and line ends is zero. */
function wideOf(head: Buffer): string | null {
  const zeros = [0, 0]
  head.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]!++
  })
  const [even, odd] = zeros as [number, number]
  if (Math.max(even, odd) < head.length / 4 || Math.min(even, odd) > head.length / 100) return null
  return even > odd ? 'utf-16be' : 'utf-16le'
}

/** What is no text is written in no encoding. */
function isTextual(head: Buffer): boolean {
  try {
    refuseBinary(head)
    return true
  } catch {
    return false
  }
}

function isText(utf8: InstanceType<typeof TextDecoder>, chunk: Uint8Array): boolean {
  try {
    utf8.decode(chunk, { stream: true })
    return true
  } catch {
    return false
  }
}
