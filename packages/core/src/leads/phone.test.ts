import { expect, test } from 'vitest'
import { normalisePhone } from './phone.ts'

test.each([
  ['DE', '4915123456789', '+4915123456789'],
  ['DE', '49 151 23456789', '+4915123456789'],
  ['DE', '015123456789', '+4915123456789'],
  ['US', '14155552671', '+14155552671'],
  ['FR', '33612345678', '+33612345678'],
  ['AT', '436601234567', '+436601234567'],
  ['GB', '447400123456', '+447400123456'],
  ['IT', '393331234567', '+393331234567'],
  // These are numbers of the country itself: of Leer, and a mobile one.
  ['DE', '0491 5123456', '+494915123456'],
  ['IT', '3931234567', '+393931234567'],
  // Without a country nothing is guessed.
  [null, '4915123456789', '4915123456789'],
])('in %s %s is %s', (country, typed, number) => {
  expect(normalisePhone(typed, country)).toBe(number)
})
