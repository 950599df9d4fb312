import { expect, test } from 'vitest'
import { guessing } from './guess-encoding.ts'

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
