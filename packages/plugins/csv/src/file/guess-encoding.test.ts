import { expect, test } from 'vitest'
import { guessing, guessOf } from './guess-encoding.ts'

test('a file whose few letters may be of two encodings is said to be in the usual one', async () => {
  const bytes = Buffer.from('email,name\nzoe@example.com,Zo\xeb M\xfcller\n', 'latin1')
  const guessed = guessing(
    (async function* () {
      yield bytes
    })(),
  )
  for await (const _ of guessed.bytes());
  expect(guessed.guess()).toBe('windows-1252')
})

test.each([
  ['windows-1250', 'Za\xbf\xf3\xb3\xe6 G\xea\x9cl\xb9, \xa3ukasz \x8cwi\xb9tek'],
  ['macintosh', 'Zo\x91 M\x9fller, Ren\x8e Fran\x8dois'],
  ['windows-1252', 'Zo\xeb M\xfcller, Ren\xe9 Fran\xe7ois \x80 5'],
  ['windows-1252', '\xc5sa \xd6berg, \xc9MILE O\x92Brien \x96 50\xb0'],
])('%s is told by its letters: %j', (encoding, names) => {
  const bytes = Buffer.from(`email,name\na@example.com,${names}\n`, 'latin1')
  expect(guessOf(bytes, bytes)).toBe(encoding)
})

test('a file that is UTF-8 but for a byte is written in nothing else, however few its letters, or far away', () => {
  const wrong = Buffer.from('zoe@example.com,Zo\xeb\n', 'latin1')
  const rene = Buffer.from('email,name\nrene@example.com,René\n')
  const both = Buffer.concat([rene, wrong])
  expect([guessOf(both, both), guessOf(rene, wrong), guessOf(wrong, wrong)]).toEqual([null, null, 'windows-1252'])
})

/** Text in an encoding of one byte a letter. */
function written(text: string, encoding: string): Buffer {
  const letters = Array.from({ length: 256 }, (_, byte) => new TextDecoder(encoding).decode(Uint8Array.of(byte)))
  return Buffer.from([...text].map((letter) => letters.indexOf(letter)))
}

test.each([
  ['windows-1251', 'Иван Петров,ООО Ромашка'],
  ['koi8-r', 'Иван Петров,ООО Ромашка'],
  ['iso-8859-7', 'Γιώργος Παπαδόπουλος,Αθήνα'],
  ['windows-1256', 'محمد علي,القاهرة'],
])('%s is told by its words, among addresses in ASCII: %j', (encoding, cells) => {
  const rows = Array.from({ length: 8 }, (_, i) => `somebody.${i}@example.com,${cells}`)
  const bytes = written(`email,name,place\n${rows.join('\n')}\n`, encoding)
  expect(guessOf(bytes, bytes)).toBe(encoding)
})
