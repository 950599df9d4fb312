import { expect, test } from 'vitest'
import { p95, waitBeside } from '../../packages/plugins/webhooks/src/testing/black-hole.ts'

test('a receiver that never answers delays no other: 1,000 events, p95 within 5 s (R16)', async () => {
  const { waits, tried } = await waitBeside(1000)
  console.log(
    `R16: p50 ${Math.round(waits[500]!)} ms, p95 ${Math.round(p95(waits))} ms, most ${Math.round(waits.at(-1)!)} ms`,
  )
  expect(p95(waits)).toBeLessThan(5000)
  expect(tried).toBeGreaterThan(0)
  expect(tried).toBeLessThan(100)
}, 180_000)
