import { expect, test } from 'vitest'
import { createKeyring } from './secrets.ts'

const [old, fresh] = ['an old secret, of 32 characters..', 'a new secret, of 32 characters...'] as [string, string]

test('what is sealed can be opened, for the same use only, and looks different each time', () => {
  const keyring = createKeyring([old])
  const sealed = keyring.seal('totp ada', 'the secret')
  expect(sealed).not.toContain('secret')
  expect(keyring.seal('totp ada', 'the secret')).not.toBe(sealed)
  expect(keyring.open('totp ada', sealed)).toBe('the secret')
  expect(keyring.open('totp ben', sealed)).toBeUndefined()
})

test('a changed or foreign text opens as nothing', () => {
  const keyring = createKeyring([old])
  const sealed = keyring.seal('use', 'the secret')
  const [id, text] = sealed.split('.') as [string, string]
  const other = text.startsWith('A') ? 'B' : 'A'
  for (const wrong of [
    '',
    '.',
    'x.y',
    text,
    `${id}.`,
    `${id}.${other}${text.slice(1)}`,
    sealed.slice(0, -4),
    `${sealed}x`,
  ])
    expect([wrong, keyring.open('use', wrong)]).toEqual([wrong, undefined])
})

test('while the secret key is changed, the old one still opens and the new one seals', () => {
  const sealed = createKeyring([old]).seal('use', 'the secret')
  const both = createKeyring([fresh, old])
  expect(both.open('use', sealed)).toBe('the secret')
  expect(createKeyring([fresh]).open('use', both.seal('use', 'next'))).toBe('next')
  expect(createKeyring([fresh]).open('use', sealed)).toBeUndefined()
})
