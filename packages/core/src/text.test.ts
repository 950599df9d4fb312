import { expect, test } from 'vitest'
import { plain } from './text.ts'

test('text is composed, but for what has a hundred marks on one letter', () => {
  expect(plain(' Ame\u0301lie\n')).toBe('Amélie')
  expect(plain(`${'e\u0301 '.repeat(500)}`)).toBe('é '.repeat(500).trim())
  const piled = `a${'\u0301\u0323'.repeat(500)}`
  expect(plain(piled)).toBe(piled)
})
