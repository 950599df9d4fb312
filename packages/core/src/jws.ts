import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto'

/** A public key as JSON (RFC 8037): what others check our signatures with. */
export interface Jwk {
  kty: 'OKP'
  crv: 'Ed25519'
  x: string
  kid: string
  alg: 'EdDSA'
  use: 'sig'
}

/** Public keys by their id. */
export type PublicKeys = ReadonlyMap<string, KeyObject>

/** Signs so that others can check it without a secret. The newest key signs, and all of the list verify. */
export interface Signer {
  kid: string
  /** Made in the thread pool: it takes about 25 µs, which the event loop spends better. The same text gives the same bytes. */
  sign(text: string): Promise<Buffer>
  publicKeys: PublicKeys
  jwks: Jwk[]
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Ed25519 keys made of LEADNEST_SECRET_KEY by HKDF, newest first. */
export function createSigner(secretKeys: string[]): Signer {
  const privateKeys = secretKeys.map((secret) => {
    const seed = Buffer.from(hkdfSync('sha256', secret, 'leadnest', 'ed25519', 32))
    return createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' })
  })
  const jwks = privateKeys.map((key) => toJwk(createPublicKey(key)))
  return {
    kid: jwks[0]!.kid,
    sign: (text) =>
      new Promise((done, fail) =>
        sign(null, Buffer.from(text), privateKeys[0]!, (error, bytes) => (error ? fail(error) : done(bytes))),
      ),
    publicKeys: new Map(jwks.map(({ kid }, i) => [kid, createPublicKey(privateKeys[i]!)])),
    jwks,
  }
}

/** The id of a key is its thumbprint (RFC 7638), so it says nothing that the key does not. */
function toJwk(key: KeyObject): Jwk {
  const { x } = key.export({ format: 'jwk' }) as { x: string }
  const thumbprint = createHash('sha256').update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
  return { kty: 'OKP', crv: 'Ed25519', x, kid: thumbprint.digest('base64url'), alg: 'EdDSA', use: 'sig' }
}

/** Reads a key set as `/.well-known/jwks.json` gives it. Keys of another kind, or whose id is not their own, are left out. */
export function readJwks(set: unknown): PublicKeys {
  const keys = new Map<string, KeyObject>()
  const listed = (set as { keys?: unknown } | null)?.keys
  for (const given of Array.isArray(listed) ? (listed as Partial<Jwk>[]) : []) {
    if (given?.kty !== 'OKP' || given.crv !== 'Ed25519' || !/^[\w-]{43}$/.test(given.x ?? '')) continue
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: given.x! }, format: 'jwk' })
    const { kid } = toJwk(key)
    if (given.kid === kid) keys.set(kid, key)
  }
  return keys
}

/** A compact JWS (RFC 7515). `typ` says what it is for: what was signed as one thing is taken for nothing else. */
export async function signJws(
  { kid, sign }: Pick<Signer, 'kid' | 'sign'>,
  typ: string,
  claims: object,
): Promise<string> {
  const text = `${encode({ alg: 'EdDSA', kid, typ })}.${encode(claims)}`
  return `${text}.${(await sign(text)).toString('base64url')}`
}

const notWhole = 'It is not whole: a header, claims and a signature in base64url, with dots between.'

/** The claims of a JWS that one of these keys signed as `typ`, or why it is none. The algorithm is ours to say, not its. */
export function readJws(keys: PublicKeys, typ: string, token: string): { claims: unknown } | { refusal: string } {
  const parts = token.split('.')
  const [head, payload, signature] = parts.map(decode)
  const header = head && (parseObject(head) as { alg?: unknown; kid?: unknown; typ?: unknown } | undefined)
  if (parts.length !== 3 || !header || !payload || !signature) return { refusal: notWhole }
  if (header.alg !== 'EdDSA' || 'crit' in header)
    return { refusal: 'Its header names another algorithm than EdDSA, or asks for more.' }
  if (signature.length !== 64) return { refusal: notWhole }
  if (header.typ !== typ) return { refusal: `It was signed as something else than ${typ}.` }
  const key = typeof header.kid === 'string' ? keys.get(header.kid) : undefined
  if (!key) return { refusal: 'It was signed by a key that is not one of these.' }
  if (!verify(null, Buffer.from(token.slice(0, token.lastIndexOf('.'))), key, signature))
    return { refusal: 'Its signature is wrong: it was changed, or somebody else made it.' }
  const claims = parseObject(payload)
  return claims ? { claims } : { refusal: 'Its claims are no JSON.' }
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Base64url that says the same in other letters is not what was signed. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined
}

function parseObject(bytes: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
