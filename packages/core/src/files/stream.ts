import { Readable } from 'node:stream'

/** Bytes or text as the body of an answer, no faster than they are taken. */
export const streamOf = (source: AsyncIterable<Uint8Array | string>): ReadableStream<Uint8Array> =>
  Readable.toWeb(Readable.from(source, { objectMode: false })) as unknown as ReadableStream<Uint8Array>
