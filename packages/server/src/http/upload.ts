import { createHash } from 'node:crypto'
import { LeadNestError } from '@leadnest/core'

/** A file, and what a form has around it. */
const most = 2 * 1024 ** 3 + 4 * 1024 ** 2

/** A body that is hashed while its handler reads it, and is never held. */
export interface Upload {
  /** The same request, for the handler. */
  request: Request
  /** Reads what nobody has read yet. The same form with another boundary has the same hash. Throws `body_too_large`, `request_timeout`. */
  hash(): Promise<string>
  isRead(): boolean
  /** Lets go of what nobody will read. */
  close(): Promise<void>
}

export function hashedUpload({ url, method, headers, body, signal }: Request): Upload {
  const hash = bodyHash(boundaryIn(headers.get('content-type') ?? ''))
  const reader = body?.getReader()
  let size = 0
  let isRead = !reader
  let digest: string | undefined

  async function next(): Promise<Uint8Array | undefined> {
    const { done, value } = await reader!.read().catch((cause: unknown) => {
      throw new LeadNestError('request_timeout', 'The body did not arrive in full.', { cause })
    })
    isRead ||= done
    if (!value) return undefined
    size += value.length
    if (size > most) throw new LeadNestError('body_too_large', 'The body is larger than 2 GiB.')
    hash.update(value)
    return value
  }

  const handed =
    reader &&
    new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const bytes = await next()
          if (bytes) controller.enqueue(bytes)
          else controller.close()
        },
      },
      { highWaterMark: 0 },
    )
  return {
    request: new Request(url, { method, headers, signal, ...(handed && { body: handed, duplex: 'half' }) }),
    async hash() {
      while (!isRead) await next()
      digest ??= hash.digest()
      return digest
    },
    isRead: () => isRead,
    async close() {
      if (!isRead) await reader!.cancel().catch(() => undefined)
    },
  }
}

const boundaryIn = (type: string): string | undefined => {
  const [, quoted, bare] = /^multipart\/[^;]*;.*?boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type) ?? []
  return quoted ?? bare
}

/**
 * Each client draws a boundary of its own for each request, so what stands between is hashed part by part: the hash of these hashes
 * knows where a part ends, and not by which bytes.
 */
function bodyHash(boundary: string | undefined) {
  const whole = createHash('sha256')
  let part = createHash('sha256')
  const line = Buffer.from(`\r\n--${boundary}`)
  // The first boundary has no line before it.
  let rest = boundary === undefined ? Buffer.alloc(0) : Buffer.from('\r\n')
  return {
    update(bytes: Uint8Array): void {
      if (boundary === undefined) return void part.update(bytes)
      const seen = Buffer.concat([rest, bytes])
      let from = 0
      for (let at = seen.indexOf(line); at >= 0; at = seen.indexOf(line, from)) {
        whole.update(part.update(seen.subarray(from, at)).digest())
        part = createHash('sha256')
        from = at + line.length
      }
      // The beginning of a boundary may stand at the end.
      const kept = Math.max(from, seen.length - line.length + 1)
      part.update(seen.subarray(from, kept))
      rest = Buffer.from(seen.subarray(kept))
    },
    digest: (): string => whole.update(part.update(rest).digest()).digest('hex'),
  }
}
