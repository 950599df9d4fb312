import { expect, test } from 'vitest'
import { isQuiet, opensAt, zonesOf } from './quiet-hours.ts'

const night = { from: '21:00', to: '08:00', timeZoneField: null }
const opens = (zones: string[], at: string, quiet = night) => opensAt(quiet, zones, new Date(at))?.toISOString() ?? null

test.each([
  ['2026-11-25T12:00:00Z', null],
  ['2026-11-25T20:59:59Z', null],
  ['2026-11-25T21:00:00Z', '2026-11-26T08:00:00.000Z'],
  ['2026-11-26T03:00:00Z', '2026-11-26T08:00:00.000Z'],
  ['2026-11-26T07:59:59Z', '2026-11-26T08:00:00.000Z'],
])('in London at %s it opens at %s', (at, expected) => expect(opens(['Europe/London'], at)).toBe(expected))

test('a break at noon is one, too', () => {
  const noon = { from: '12:00', to: '13:30', timeZoneField: null }
  expect(opens(['Asia/Kathmandu'], '2026-11-25T06:30:00Z', noon)).toBe('2026-11-25T07:45:00.000Z')
})

test('where clocks are put forward or back in the night, it still opens by the clock on the wall', () => {
  // Berlin puts its clocks forward at 02:00 on 29 March 2026, and back at 03:00 on 25 October.
  expect(opens(['Europe/Berlin'], '2026-03-28T23:00:00Z')).toBe('2026-03-29T06:00:00.000Z')
  expect(opens(['Europe/Berlin'], '2026-10-24T22:00:00Z')).toBe('2026-10-25T07:00:00.000Z')
  const skipped = { from: '21:00', to: '02:30', timeZoneField: null }
  const at = opens(['Europe/Berlin'], '2026-03-28T23:00:00Z', skipped)!
  expect(isQuiet(skipped, 'Europe/Berlin', new Date(at))).toBe(false)
})

test('of a country with several zones it is day in all of them, if it ever is', () => {
  const coasts = ['America/New_York', 'America/Los_Angeles']
  expect(opens(coasts, '2026-11-25T13:30:00Z')).toBe('2026-11-25T16:00:00.000Z')
  expect(opens(coasts, '2026-11-25T17:00:00Z')).toBeNull()
  // Ten hours apart, with a day of nine: the first decides.
  const short = { from: '17:00', to: '08:00', timeZoneField: null }
  expect(opens(['Europe/Kaliningrad', 'Asia/Kamchatka'], '2026-11-25T02:00:00Z', short)).toBe(
    '2026-11-25T06:00:00.000Z',
  )
})

test('a zone is what a field says, else that of the phone number, else the workspace’s', () => {
  const quiet = { ...night, timeZoneField: 'zone' }
  const zones = (phone: string | null, zone?: unknown) => zonesOf({ phone, fields: { zone } }, quiet, 'Europe/Paris')
  expect(zones('+442079460958', 'Asia/Tokyo')).toEqual(['Asia/Tokyo'])
  expect(zones('+442079460958', 'Nowhere/Land')).toEqual(['Europe/London'])
  expect(zones('+442079460958', 7)).toEqual(['Europe/London'])
  expect(zones(null)).toEqual(['Europe/Paris'])
  expect(zones('+12025550123')).toContain('America/Los_Angeles')
})
