import { isUtf8 } from 'node:buffer'
import type { Bytes } from '@leadnest/core/plugin'

/** Bytes that are not of the encoding; the text before them has been given out. */
export class WrongBytes extends Error {
  override name = 'WrongBytes'
  readonly encoding: string
  /** In the file; null where it is not known. */
  readonly offset: number | null

  constructor(encoding: string, offset: number | null) {
    super(`byte ${offset}`)
    this.encoding = encoding
    this.offset = offset
  }
}

const marks = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
]

const markOf = (head: Uint8Array) => marks.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte))

/** Whether there is an encoding of that name, as browsers know them. */
export function isEncoding(name: string): boolean {
  try {
    return Boolean(new TextDecoder(name))
  } catch {
    return false
  }
}

/** A byte order mark decides, then what was asked for, else it has to be UTF-8; `begins` is the first byte after a mark. */
export function encodingOf(head: Uint8Array, asked = 'utf-8'): { encoding: string; begins: number } {
  const mark = markOf(head)
  return { encoding: mark?.encoding ?? new TextDecoder(asked).encoding, begins: mark?.bytes.length ?? 0 }
}

/** Text as UTF-8, chunk by chunk. Throws `WrongBytes` where it is not of its encoding, after what came before; `offset` is where it begins in the file. */
export async function* decode(bytes: Bytes, encoding: string, offset: number): AsyncGenerator<Buffer> {
  const decoded = encoding === 'utf-8' ? utf8(offset) : other(encoding, offset)
  for await (const chunk of bytes) yield* decoded(asBuffer(chunk), false)
  yield* decoded(Buffer.alloc(0), true)
}

/** Passes UTF-8 on as it is, but for a character that is cut by a chunk's end. */
function utf8(begins: number) {
  let offset = begins
  let rest = Buffer.alloc(0)
  return function* decoded(bytes: Buffer, end: boolean): Generator<Buffer> {
    const all = rest.length ? Buffer.concat([rest, bytes]) : bytes
    const whole = end ? all.length : all.length - unfinished(all)
    const text = all.subarray(0, whole)
    if (!isUtf8(text)) {
      const valid = validLength(text)
      yield text.subarray(0, valid)
      throw new WrongBytes('utf-8', offset + valid)
    }
    rest = Buffer.from(all.subarray(whole))
    offset += whole
    if (whole) yield text
  }
}

function other(encoding: string, begins: number) {
  const strict = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  // Says where a wrong character is, which the strict one does not.
  const lenient = new TextDecoder(encoding, { ignoreBOM: true })
  let length = 0
  return function* decoded(bytes: Buffer, end: boolean): Generator<Buffer> {
    const told = lenient.decode(bytes, { stream: !end })
    let text: string
    try {
      text = strict.decode(bytes, { stream: !end })
    } catch {
      const before = told.slice(0, Math.max(0, told.indexOf('\uFFFD')))
      yield Buffer.from(before)
      throw new WrongBytes(encoding, encoding.startsWith('utf-16') ? begins + 2 * (length + before.length) : null)
    }
    length += text.length
    if (text) yield Buffer.from(text)
  }
}

/** How many bytes at the end begin a character that the next chunk may finish. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < lengthOf(byte) ? back : 0
  }
  return 0
}

/** How many bytes are valid before the first character that is not. */
function validLength(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length) {
    const length = lengthOf(bytes[at]!)
    const character = bytes.subarray(at, at + length)
    if (length > 1 && !(character.length === length && isUtf8(character))) return at
    at += length
  }
  return at
}

/** Of a character, by its first byte. */
const lengthOf = (byte: number) => (byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2)

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** UTF-16 without its mark: every other byte of Latin letters, delimiters and line ends is zero. */
export function wideOf(head: Buffer): string | null {
  const zeros = [0, 0]
  head.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]!++
  })
  const [even, odd] = zeros as [number, number]
  if (Math.max(even, odd) < head.length / 4 || Math.min(even, odd) > head.length / 100) return null
  return even > odd ? 'utf-16be' : 'utf-16le'
}

/** UTF-32 with its mark or without: of four bytes the highest is zero, and the next one all but zero. */
export function isUtf32(head: Buffer): boolean {
  const units = Math.min(1000, Math.floor(head.length / 4))
  const all = (fits: (at: number) => boolean) => units > 0 && Array.from({ length: units }, (_, i) => 4 * i).every(fits)
  const isCharacter = (code: number) => code > 0 && code <= 0x10ffff
  return all((at) => isCharacter(head.readUInt32LE(at))) || all((at) => isCharacter(head.readUInt32BE(at)))
}
