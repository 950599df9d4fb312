import type { Bytes } from '@leadnest/core/plugin'
import { analyse } from 'chardet'
import { encodingOf, isEncoding, wideOf } from './decode.ts'
import { whyBinary } from './not-csv.ts'

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
    guess: (): string | null => (strange ? guessOf(head, strange) : encodingOf(head).begins > 0 ? null : wideOf(head)),
  }
}

/** What the beginning of a file, and a stretch of it that is not UTF-8, may be written in; null where a mark says it, or it is no text. */
export function guessOf(head: Buffer, strange: Buffer): string | null {
  if (encodingOf(head).begins > 0 || isMostlyUtf8(head, strange)) return null
  const wide = wideOf(head)
  // What is no text is written in no encoding.
  if (wide || whyBinary(head) !== undefined) return wide
  const [other] = likelyOf(wordsBeyondAscii(strange))
  if (other && other.confidence > unsure && foreign.test(other.name)) return other.name
  const likely = likelyOf(Buffer.concat([head, strange]))
  const [found] = likely
  // What windows-1252 has beyond Latin-1, nobody means otherwise; where another is no likelier, the usual one is.
  const isWestern = likely.some(({ name, confidence }) => confidence === found!.confidence && western.test(name))
  return !found || isWestern ? likeliest(strange) : found.name
}

const likelyOf = (bytes: Uint8Array) =>
  analyse(bytes)
    .map(({ name, confidence }) => ({ name: name.toLowerCase(), confidence }))
    .filter(({ name }) => name !== 'utf-8' && name !== 'ascii' && isEncoding(name))

/** What chardet says of anything that could be. */
const unsure = 10

/** Of other letters than Latin, in one byte each. */
const foreign = /^(windows-125[1356]|koi8-r|iso-8859-[5-8])$/

/** Addresses and headers in ASCII say of a file with other letters that it has Latin ones. */
const wordsBeyondAscii = (bytes: Buffer) =>
  Buffer.from(
    (bytes.toString('latin1').match(/(?<![^\s,;"|])[^\s,;"|]*[\x80-\xff][^\s,;"|]*/g) ?? []).join(' '),
    'latin1',
  )

/** In the order in which they are met. */
const latin = ['windows-1252', 'windows-1250', 'macintosh']

/** Of what is written in Latin letters: by the wrong one, signs and capitals come to stand within words. */
function likeliest(bytes: Buffer): string {
  const odd = latin.map((encoding) => {
    const text = new TextDecoder(encoding).decode(bytes)
    return (
      text.match(
        /(?<=\p{L})[^\p{L}\p{M}\0-\x7f\s\u2010-\u201f…®™©](?=\p{L})|(?<=\p{Ll})(?=[^\0-\x7f])\p{Lu}|[\x80-\x9f]/gu,
      )?.length ?? 0
    )
  })
  return latin[odd.indexOf(Math.min(...odd))]!
}

/** Whether most bytes beyond ASCII are UTF-8's: then one that is not was damaged, and no other encoding makes sense of the rest. */
export function isMostlyUtf8(head: Buffer, strange: Buffer): boolean {
  const letters =
    Buffer.concat([head, strange])
      .toString()
      .match(/[\u{80}-\u{10ffff}]/gu) ?? []
  const right = letters.filter((letter) => letter !== '\ufffd')
  return Buffer.byteLength(right.join('')) > letters.length - right.length
}

function isText(utf8: InstanceType<typeof TextDecoder>, chunk: Uint8Array): boolean {
  try {
    utf8.decode(chunk, { stream: true })
    return true
  } catch {
    return false
  }
}
