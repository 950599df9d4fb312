import { expect, test } from 'vitest'
import { canonical } from './canonical.ts'

test('one value has one text, whatever the order of its keys, also of those that are numbers', () => {
  const text = '{"10":[{"a":null,"b":"é"}],"9":{"x":true}}'
  expect(canonical({ 9: { x: true }, 10: [{ b: 'é', gone: undefined, a: null }] })).toBe(text)
  expect(canonical(JSON.parse(text))).toBe(text)
})
