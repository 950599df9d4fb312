import { expect, test } from 'vitest'
import { waitBeside } from './testing/black-hole.ts'

test('a receiver that never answers holds one slot of the worker, and others are told meanwhile', async () => {
  const { waits, tried } = await waitBeside(60)
  expect(waits.filter((wait) => !Number.isFinite(wait))).toEqual([])
  // All of it came before the first of those that hang was given up: no other was begun.
  expect(tried).toBeGreaterThan(0)
  expect(tried).toBeLessThanOrEqual(16)
})
