import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { parse, stringify } from 'node:querystring'

/** Names with their values, as they were received; one that came twice is there twice. */
export type Parameters = Iterable<readonly [string, string]> | Record<string, string | readonly string[]>

export interface SignedRequest {
  /** The whole address as Twilio asked for it, query and all: behind a proxy the one that the outside knows. */
  url: string
  /** All parameters of a form, also those that nobody expected. Left out, they are read from `rawBody`. */
  params?: Parameters | null
  /** The body as it was received. JSON cannot do without. */
  rawBody?: string | Uint8Array | null
  /** Of the request; a form unless it says JSON. */
  contentType?: string | null
  /** The header `X-Twilio-Signature`. */
  signature: string | null | undefined
  /** Of the account that the request is about; more than one while they are changed. */
  authToken: string | readonly string[] | null | undefined
}

/**
 * Whether Twilio signed this request with one of the tokens. Without a token, a signature or what was signed the answer is no.
 * Compares in constant time.
 *
 * @example
 * verifyTwilioRequest({ url, rawBody: await request.text(), signature: request.headers.get('x-twilio-signature'), authToken })
 */
export function verifyTwilioRequest({
  url,
  params,
  rawBody,
  contentType,
  signature,
  authToken,
}: SignedRequest): boolean {
  const tokens = (typeof authToken === 'string' ? [authToken] : (authToken ?? [])).filter(Boolean)
  if (tokens.length === 0 || !signature || !URL.canParse(url)) return false
  const given = Buffer.from(signature)
  const hash = new URL(url).searchParams.get('bodySHA256')
  let signed = ''
  if (hash !== null) {
    if (
      !same(
        Buffer.from(hash),
        Buffer.from(
          createHash('sha256')
            .update(rawBody ?? '')
            .digest('hex'),
        ),
      )
    )
      return false
  } else if (isJson(contentType)) {
    // Nothing says what the body was.
    return false
  } else {
    signed = textOf(params ?? parametersOf(rawBody))
  }
  return tokens.some((token) =>
    addressesOf(url).some((address) => same(given, Buffer.from(signatureOf(token, address + signed)))),
  )
}

/** What Twilio would sign such a request with: for tests, and for a Twilio of your own. */
export function signTwilioRequest({
  url,
  params = [],
  authToken,
}: {
  url: string
  params?: Parameters
  authToken: string
}): string {
  return signatureOf(authToken, url + textOf(params))
}

/** The parameters of a form, each as often as it came. */
export const parametersOf = (body: string | Uint8Array | null | undefined): URLSearchParams =>
  new URLSearchParams(typeof body === 'string' ? body : Buffer.from(body ?? '').toString('utf8'))

export const isJson = (contentType: string | null | undefined): boolean =>
  /^\s*application\/(?:[\w.+-]+\+)?json\b/i.test(contentType ?? '')

const signatureOf = (token: string, text: string) => createHmac('sha1', token).update(text, 'utf8').digest('base64')

const same = (one: Buffer, other: Buffer) => one.length === other.length && timingSafeEqual(one, other)

/** Names in their order, each with its values in theirs, and no value twice. */
function textOf(params: Parameters): string {
  const values = new Map<string, Set<string>>()
  const pairs = Symbol.iterator in params ? (params as Iterable<readonly [string, string]>) : Object.entries(params)
  for (const [name, value] of pairs) {
    const known = values.get(name) ?? new Set()
    for (const one of typeof value === 'string' ? [value] : value) known.add(one)
    values.set(name, known)
  }
  return [...values.keys()]
    .sort()
    .map((name) =>
      [...values.get(name)!]
        .sort()
        .map((value) => name + value)
        .join(''),
    )
    .join('')
}

/**
 * How Twilio may have written the address: with the standard port or without, as it came, as a browser writes it, and with the query
 * as Node's `querystring` does. So does its own validator.
 */
function addressesOf(url: string): string[] {
  const written = new URL(url).toString()
  const plain = [withoutPort(url), withPort(url), withoutPort(written), withPort(written)]
  return [...new Set([...plain, ...plain.slice(2).map(withLegacyQuery)])]
}

/** Not by `new URL()`, which changes what it reads. */
function split(url: string) {
  const [, scheme, user = '', host, port = '', rest] =
    /^([a-z][a-z0-9+.-]*:\/\/)((?:[^/?#]*@)?)(\[[^\]/?#]*\]|[^:/?#]*)((?::[^/?#]*)?)(.*)$/is.exec(url) ?? []
  return scheme === undefined ? undefined : { scheme, user, host: host!, port, rest: rest! }
}

function withoutPort(url: string): string {
  const parts = split(url)
  return parts ? parts.scheme + parts.user + parts.host + parts.rest : url
}

function withPort(url: string): string {
  const parts = split(url)
  if (!parts || parts.port) return url
  const port = parts.scheme.toLowerCase() === 'https://' ? ':443' : ':80'
  return parts.scheme + parts.user + parts.host + port + parts.rest
}

function withLegacyQuery(url: string): string {
  const at = url.indexOf('?')
  return at === -1 || at === url.length - 1 ? url : `${url.slice(0, at)}?${stringify(parse(url.slice(at + 1)))}`
}
