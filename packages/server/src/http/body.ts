import { type Issue, invalid, LeadNestError } from '@leadnest/core'
import type { Context } from 'hono'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** 64 KiB, for JSON. */
export const jsonLimit = 64 * 1024

/** Reads a JSON body. Throws `unsupported_media_type`, `body_too_large`, `invalid_utf8`, `invalid_json`, `invalid_input`. */
export async function readJson(
  c: Context,
  { limit = jsonLimit, anyNamesIn }: { limit?: number | undefined; anyNamesIn?: string | undefined } = {},
): Promise<{ value: unknown; text: string }> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new LeadNestError(
      'unsupported_media_type',
      `Send the body as application/json${type ? `, not ${type.split(';')[0]}` : ''}.`,
    )
  }
  const text = asText(await readBody(c, limit))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new LeadNestError('invalid_json', `The body is not valid JSON: ${(error as Error).message}.`)
  }
  // A schema of optional keys would take a list for an object without any.
  if (Array.isArray(value)) throw invalid('', 'Send an object, not a list.')
  checkText(value, anyNamesIn)
  return { value, text }
}

/** Throws `invalid_utf8`. */
export function asText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new LeadNestError('invalid_utf8', 'The body is not valid UTF-8.')
  }
}

/** Throws `body_too_large`, and `request_timeout` where the connection ends before the body does. */
export async function readBody(c: Context, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readBytes(c, limit)
  } catch (error) {
    if (error instanceof LeadNestError) throw error
    throw new LeadNestError('request_timeout', 'The body did not arrive in full.', { cause: error })
  }
}

async function readBytes(c: Context, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new LeadNestError('body_too_large', `The body is larger than ${limit / 1024} KiB.`)
  const announced = c.req.header('content-length')
  if (announced !== undefined) {
    if (Number(announced) > limit) throw tooLarge()
    return new Uint8Array(await c.req.arrayBuffer())
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length
    if (size > limit) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Text that Postgres cannot store, and nesting that nobody means. Walks without recursion: 64 KiB hold 30,000 levels. */
export function checkText(value: unknown, anyNamesIn?: string): void {
  const issues: Issue[] = []
  const open: { value: unknown; path: string; depth: number }[] = [{ value, path: '', depth: 0 }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path, depth } = next
    if (typeof value === 'string') {
      if (!isText(value))
        issues.push({ path, message: 'This holds a character that is no text (U+0000, or half of a surrogate pair).' })
    } else if (typeof value === 'object' && value !== null) {
      if (depth === 32)
        throw new LeadNestError('invalid_input', 'This is nested deeper than 32 levels.', {
          issues: [{ path, message: 'Nest less deeply.' }],
        })
      for (const [key, child] of Object.entries(value)) {
        if (!isText(key)) issues.push({ path, message: 'A key holds a character that is no text.' })
        // Most parsers of our schemas leave these names out in silence.
        else if (path !== anyNamesIn && /^(__proto__|prototype|constructor)$/.test(key))
          issues.push({ path: path ? `${path}.${key}` : key, message: 'This name cannot be used.' })
        else open.push({ value: child, path: path ? `${path}.${key}` : key, depth: depth + 1 })
      }
    }
  }
  if (issues.length > 0)
    throw new LeadNestError('invalid_input', 'Some of this is no text.', { issues: issues.slice(0, 100) })
}

const isText = (text: string) => !text.includes('\u0000') && text.isWellFormed()
