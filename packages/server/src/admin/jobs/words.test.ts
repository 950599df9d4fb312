import { expect, test } from 'vitest'
import { kinds } from '../../../../core/src/jobs/kinds.ts'
import { kindOf, resultOf } from './words.ts'

test.each(Object.keys(kinds))('%s is called in words', (kind) => {
  expect(kindOf({ kind })).toMatch(/^[A-Z][a-z]+( [a-z]+)+$/)
})

test('what leads were written to, and whom a message passed over', () => {
  const result = { matched: 1203, changed: 1200, unchanged: 3, failed: 0 }
  expect(resultOf({ kind: 'bulk_message', result })).toBe('1,200 written to, 3 passed over')
})
