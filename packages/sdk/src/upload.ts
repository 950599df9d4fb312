/** What can be sent; a stream or an iterable cannot be sent twice. */
export type Source = Blob | FormData | Streamed

export interface UploadOptions {
  /** The media type: that of the blob or the form, or `text/csv`, unless told. */
  contentType?: string
  /** Told of each chunk as it leaves (in browsers, which send no streams, as it is read); `total` is known of a blob. */
  onProgress?: (progress: { sent: number; total?: number }) => void
}

/** The body of a call, opened for each try; `wait` begins the time for an answer anew. */
export interface Content {
  /** It is gone after the first try. */
  once: boolean
  open(wait: (time?: number) => void, signal: AbortSignal): Promise<RequestInit & { duplex: 'half' }>
}

/**
 * What a verb or a call sends in place of JSON: a file, or a stream as it comes. `timeout` counts from each chunk on. Tried
 * again is what can be read again: a blob, a form, and what a function gives anew for each try.
 *
 * @example
 * const content = upload(file, { onProgress: ({ sent, total }) => draw(sent / total) })
 */
export function upload(
  source: Source | (() => Source | Promise<Source>),
  { contentType, onProgress }: UploadOptions = {},
): Content {
  return {
    once: !(typeof source === 'function' || source instanceof Blob || source instanceof FormData),
    async open(wait, signal) {
      const given = typeof source === 'function' ? await source() : source
      // Of a form, a response has the stream and the media type with its boundary.
      const form = given instanceof FormData ? new Response(given) : undefined
      const type = contentType || (form ? form.headers.get('content-type') : (given as Blob).type) || 'text/csv'
      const stream = form ? form.body! : given instanceof Blob ? given.stream() : streamOf(given as Streamed)
      const total = given instanceof Blob ? given.size : undefined
      let sent = 0
      const counted = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          wait()
          sent += chunk.length
          onProgress?.({ sent, total })
          controller.enqueue(chunk as Uint8Array<ArrayBuffer>)
        },
      })
      // By the signal, as Node does not cancel what it was sending: a file would stay open.
      let body: RequestInit['body'] = stream.pipeThrough(counted, { signal })
      if ('XMLHttpRequest' in globalThis) {
        body = await new Response(body).blob()
        // How far a browser is with it, it does not say.
        wait(2 ** 31 - 1)
      }
      return { headers: { 'content-type': type }, body, duplex: 'half' }
    },
  }
}

type Streamed = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>

/** By hand, as not all runtimes have `ReadableStream.from`. */
function streamOf(source: Streamed): ReadableStream<Uint8Array> {
  if (source instanceof ReadableStream) return source
  const chunks = source[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(typeof value === 'string' ? new TextEncoder().encode(value) : value)
    },
    async cancel() {
      await chunks.return?.()
    },
  })
}
