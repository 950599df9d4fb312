import { expect, test } from 'vitest'
import { momentOf, wallClock } from './moment.ts'

test.each([
  ['2026-07-01T09:00', 'Europe/Berlin', '2026-07-01T07:00:00.000Z'],
  ['2026-12-01T09:00', 'Europe/Berlin', '2026-12-01T08:00:00.000Z'],
  ['2026-03-29T01:30', 'Europe/Berlin', '2026-03-29T00:30:00.000Z'],
  ['2026-03-29T03:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-10-25T03:30', 'Europe/Berlin', '2026-10-25T02:30:00.000Z'],
  ['2026-01-01T00:00', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
  ['2026-01-01T00:00', 'UTC', '2026-01-01T00:00:00.000Z'],
])('%s in %s is %s, and back', (text, zone, moment) => {
  expect(momentOf(text, zone)).toBe(moment)
  expect(wallClock(moment, zone)).toBe(text)
})

test('an hour that clocks skip is one beside it; what is no time stays what it is', () => {
  expect(momentOf('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
  for (const text of ['', 'tomorrow', '2026-13-01T00:00', '2026-01-01']) expect(momentOf(text, 'UTC')).toBe(text)
})
