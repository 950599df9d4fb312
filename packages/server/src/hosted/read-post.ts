import { Attribution, type Form, invalid, LeadNestError } from '@leadnest/core'
import type { Context } from 'hono'
import { asText, readBody } from '../http/body.ts'

/** What a plain HTML form sent: the answers to the form's questions, and what goes with them. */
export interface Post {
  fields: Record<string, string>
  attribution: Attribution
  token: string
  trap: string
  /** The work of a script of the page that it came from, where the form asks for some. */
  proof: string
  /** One for each filling-in, so that sending it twice is sending it once. */
  key: string
  redirect: string
  /** The ids of the boxes that were ticked. */
  consents: string[]
}

/** By the names that campaigns use in addresses: `utm_source`, `gclid`; and `referrer`, `landing_page`. */
export const attributionNames: ReadonlyMap<string, keyof Attribution> = new Map(
  (Object.keys(Attribution.entries) as (keyof Attribution)[]).map((name) => [
    name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`),
    name,
  ]),
)

/** What the form's own page sends beside the answers. People see none of these. */
const words = { token: 'token', proof: 'proof', second_subject: 'trap', key: 'key', redirect: 'redirect' } as const

/**
 * Reads a posted form. Names with `_` in front are never questions of the form; without it they mean the same where the
 * form asks nothing of that name. What is known under no name stays among `fields`, where it is refused.
 * Throws `unsupported_media_type`, `body_too_large`, `invalid_utf8`, and `invalid_input` for files.
 */
export async function readPost(c: Context, form: Form): Promise<Post> {
  const asked = new Set(form.fields.map(({ name }) => name))
  const fields = new Map<string, string>()
  const post: Post = {
    fields: {},
    attribution: {},
    token: '',
    trap: '',
    proof: '',
    key: '',
    redirect: '',
    consents: [],
  }
  for (const [name, value] of await readPairs(c)) {
    const word = asked.has(name) ? '' : name.replace(/^_/, '')
    const touch = attributionNames.get(word)
    if (touch) keep(post.attribution, touch, value)
    else if (word === 'consent') post.consents.push(value)
    else if (Object.hasOwn(words, word)) post[words[word as keyof typeof words]] = value
    else if (!word.startsWith('utm_')) fields.set(name, value)
  }
  return { ...post, fields: Object.fromEntries(fields) }
}

/** Cut rather than refused: it is nothing that a visitor wrote. */
export function keep(attribution: Attribution, name: keyof Attribution, value: string | undefined): void {
  const longest = name === 'referrer' || name === 'landingPage' ? 2048 : 500
  if (value) attribution[name] = value.slice(0, longest).toWellFormed()
}

const limit = 64 * 1024

/** Every name and value of a posted form, in their order. Throws as `readPost` does. */
export async function readPairs(c: Context): Promise<[string, string][]> {
  const type = c.req.header('content-type') ?? ''
  const [essence] = type.toLowerCase().split(';')
  if (essence?.trim() === 'application/x-www-form-urlencoded') return readUrlEncoded(asText(await readBody(c, limit)))
  if (essence?.trim() === 'multipart/form-data') return readMultipart(await readBody(c, limit), type)
  throw new LeadNestError(
    'unsupported_media_type',
    'Send the form as application/x-www-form-urlencoded or multipart/form-data.',
  )
}

function readUrlEncoded(text: string): [string, string][] {
  const pairs = [...new URLSearchParams(text)]
  // The parser puts U+FFFD where bytes are no UTF-8.
  if (pairs.flat().some((part) => part.includes('\ufffd')) && !/\ufffd|%ef%bf%bd/i.test(text))
    throw new LeadNestError('invalid_utf8', 'This form is not sent as UTF-8. Give it accept-charset="utf-8".')
  return pairs.map(([name, value]) => [name, inLines(value)])
}

async function readMultipart(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<[string, string][]> {
  const data = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch((error: unknown) => {
    throw new LeadNestError('invalid_input', 'This form did not arrive as multipart/form-data is written.', {
      cause: error,
    })
  })
  return [...data].flatMap(([name, value]) => {
    if (typeof value === 'string') return [[name, inLines(value)]]
    // A file field that was left empty is sent as a file without a name.
    if (value.size === 0) return []
    throw invalid(`fields.${name}`, 'Files cannot be sent with this form.')
  })
}

/** Browsers send line breaks as CR LF. */
const inLines = (text: string) => text.replaceAll('\r\n', '\n')
