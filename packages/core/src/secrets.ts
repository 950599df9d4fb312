import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { createSigner, type Signer } from './jws.ts'

/**
 * The keys made of LEADNEST_SECRET_KEY, newest first: what is signed now is signed with the first, and the others are
 * still taken. Each use has a key of its own (HKDF, RFC 5869), so that a signature made for one is none for another.
 */
export interface Keyring {
  sign(use: string, text: string): string
  verify(use: string, text: string, signature: string): boolean
  /** Encrypts (AES-256-GCM). What was sealed for one use, as for one row, cannot be opened for another. */
  seal(use: string, text: string): string
  /** Undefined for what is not ours, was changed, or whose key is no longer on the list. */
  open(use: string, sealed: string): string | undefined
  /** Whether the newest key sealed it; what an older one did is to be sealed again. */
  isNewest(sealed: string): boolean
  /** For what others check by themselves; see `signJws`. */
  signer: Signer
}

export function createKeyring(secretKeys: string[]): Keyring {
  const derived = new Map<string, Buffer[]>()
  const keysFor = (use: string) => {
    let keys = derived.get(use)
    if (!keys) {
      keys = secretKeys.map((key) => Buffer.from(hkdfSync('sha256', key, 'leadnest', use, 32)))
      derived.set(use, keys)
    }
    return keys
  }
  const encryptionKeys = () =>
    keysFor('encryption').map((key) => ({ id: createHash('sha256').update(key).digest('hex').slice(0, 8), key }))
  const mac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()

  return {
    sign: (use, text) => mac(keysFor(use)[0]!, text).toString('base64url'),
    verify(use, text, signature) {
      const given = Buffer.from(signature, 'base64url')
      return keysFor(use).some((key) => {
        const expected = mac(key, text)
        return given.length === expected.length && timingSafeEqual(given, expected)
      })
    },
    seal(use, text) {
      const { id, key } = encryptionKeys()[0]!
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(use))
      const bytes = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${id}.${bytes.toString('base64url')}`
    },
    open(use, sealed) {
      const [id, text = ''] = sealed.split('.')
      const known = encryptionKeys().find((key) => key.id === id)
      const bytes = Buffer.from(text, 'base64url')
      // Base64 that says the same in other letters is not what was sealed.
      if (!known || bytes.length < 28 || bytes.toString('base64url') !== text) return undefined
      const options = { authTagLength: 16 }
      const decipher = createDecipheriv('aes-256-gcm', known.key, bytes.subarray(0, 12), options)
      decipher.setAAD(Buffer.from(use)).setAuthTag(bytes.subarray(-16))
      try {
        return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        return undefined
      }
    },
    isNewest: (sealed) => sealed.startsWith(`${encryptionKeys()[0]!.id}.`),
    signer: createSigner(secretKeys),
  }
}

/** 256 random bits, as text for a header or a cookie. */
export const newSecret = () => randomBytes(32).toString('base64url')

/** What is stored of a secret with 256 random bits; a slow hash adds nothing there. */
export const hashOf = (secret: string) => createHash('sha256').update(secret).digest()

/** A secret that carries its workspace's id, so that row security can be set before the look-up: `<workspace>_<secret>`. */
export function bindToWorkspace(workspaceId: string, secret: string): string {
  return `${workspaceId.replaceAll('-', '')}_${secret}`
}

/** Takes `bindToWorkspace` apart again; undefined when it does not look like one. */
export function readBound(text: string): { workspaceId: string; secret: string } | undefined {
  const match = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/.exec(text)
  return match ? { workspaceId: match.slice(1, 6).join('-'), secret: match[6]! } : undefined
}
