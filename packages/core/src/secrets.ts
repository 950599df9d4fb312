import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * The keys made of LEADNEST_SECRET_KEY, newest first: what is signed now is signed with the first, and the others are
 * still taken. Each use has a key of its own (HKDF, RFC 5869), so that a signature made for one is none for another.
 */
export interface Keyring {
  sign(use: string, text: string): string
  verify(use: string, text: string, signature: string): boolean
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
