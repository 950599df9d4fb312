import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSigner, readJwks, readJws, signJws } from './jws.ts'

const [old, fresh] = ['an old secret, of 32 characters..', 'a new secret, of 32 characters...'] as [string, string]
const signer = createSigner([old])
const typ = 'test+jwt'
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const read = (token: string) => readJws(signer.publicKeys, typ, token)

test('what was signed is read again, and the same claims give the same bytes', async () => {
  const token = await signJws(signer, typ, { sub: 'one' })
  expect(read(token)).toEqual({ claims: { sub: 'one' } })
  expect(await signJws(createSigner([old]), typ, { sub: 'one' })).toBe(token)
})

test('whoever has the key set checks without the secret', async () => {
  const token = await signJws(signer, typ, { sub: 'one' })
  const keys = readJwks(JSON.parse(JSON.stringify({ keys: signer.jwks })))
  expect(readJws(keys, typ, token)).toEqual({ claims: { sub: 'one' } })
})

test('the newest key signs, and each of the list verifies', async () => {
  const token = await signJws(signer, typ, {})
  const both = createSigner([fresh, old])
  expect(readJws(both.publicKeys, typ, token)).toEqual({ claims: {} })
  expect(readJws(createSigner([fresh]).publicKeys, typ, await signJws(both, typ, {}))).toEqual({ claims: {} })
  expect(readJws(createSigner([fresh]).publicKeys, typ, token)).toEqual({ refusal: expect.stringContaining('key') })
})

test('nothing else passes for it', async () => {
  const token = await signJws(signer, typ, { sub: 'one' })
  const [head, claims, signature] = token.split('.') as [string, string, string]
  const { kid } = signer
  const header = { alg: 'EdDSA', kid, typ }
  const stranger = generateKeyPairSync('ed25519')
  const strangers = (header: object) => {
    const text = `${encode(header)}.${claims}`
    return `${text}.${sign(null, Buffer.from(text), stranger.privateKey).toString('base64url')}`
  }
  // The classic: our public key, which everybody has, taken for the secret of a keyed hash.
  const publicKey = signer.publicKeys.get(kid)!.export({ format: 'der', type: 'spki' })
  const hashed = `${encode({ ...header, alg: 'HS256' })}.${claims}`
  const cases: [string, string][] = [
    ['', 'not whole'],
    ['..', 'not whole'],
    [head, 'not whole'],
    [`${head}.${claims}`, 'not whole'],
    [`${head}.${claims}.`, 'not whole'],
    [`${token}.`, 'not whole'],
    [`${token}=`, 'not whole'],
    [` ${token}`, 'not whole'],
    [`${token}\n`, 'not whole'],
    [`${head}.${claims}.${inOtherLetters(signature)}`, 'not whole'],
    [`${token.slice(0, -4)}+/AA`, 'not whole'],
    [`${encode('text')}.${claims}.${signature}`, 'not whole'],
    [`${encode([])}.${claims}.${signature}`, 'not whole'],
    [`${encode(null)}.${claims}.${signature}`, 'not whole'],
    [`${encode({ ...header, alg: 'none' })}.${claims}.`, 'not whole'],
    [`${encode({ ...header, alg: 'none' })}.${claims}.${signature}`, 'algorithm'],
    [`${hashed}.${createHmac('sha256', publicKey).update(hashed).digest('base64url')}`, 'algorithm'],
    [`${encode({ ...header, alg: ['EdDSA'] })}.${claims}.${signature}`, 'algorithm'],
    [`${encode({ ...header, crit: ['b64'], b64: false })}.${claims}.${signature}`, 'algorithm'],
    [await signJws(signer, 'other+jwt', { sub: 'one' }), 'something else'],
    [strangers({ alg: 'EdDSA', typ }), 'key'],
    [strangers({ ...header, kid: 'constructor' }), 'key'],
    [strangers({ ...header, jwk: stranger.publicKey.export({ format: 'jwk' }) }), 'signature'],
    [strangers(header), 'signature'],
    [`${head}.${encode({ sub: 'two' })}.${signature}`, 'signature'],
    [`${encode({ ...header, more: 1 })}.${claims}.${signature}`, 'signature'],
    [`${head}.${claims}.${signature.slice(0, -4)}`, 'not whole'],
    [`${head}.${claims}.${'A'.repeat(86)}`, 'signature'],
  ]
  for (const [wrong, why] of cases)
    expect([wrong, read(wrong)]).toEqual([wrong, { refusal: expect.stringContaining(why) }])
})

test('a key set is taken only where it is one: other kinds, private parts and foreign ids name no key', () => {
  const { x, kid } = signer.jwks[0]!
  const good = { kty: 'OKP', crv: 'Ed25519', x, kid }
  expect([...readJwks({ keys: [good] }).keys()]).toEqual([kid])
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  expect(
    readJwks({ keys: [good] })
      .get(kid)!
      .equals(publicKey),
  ).toBe(true)
  for (const wrong of [
    null,
    'keys',
    {},
    { keys: good },
    { keys: [null] },
    { keys: [{ ...good, kid: 'other' }] },
    { keys: [{ ...good, crv: 'X25519' }] },
    { keys: [{ ...good, x: undefined }] },
    { keys: [{ ...good, x: 'short' }] },
  ])
    expect([wrong, readJwks(wrong).size]).toEqual([wrong, 0])
})

/** The same 64 bytes: the last letter of their base64 has four bits that nobody reads. */
function inOtherLetters(signature: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return signature.slice(0, -1) + letters[letters.indexOf(signature.at(-1)!) ^ 1]
}
