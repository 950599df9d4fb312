import { describe, expect, test } from 'vitest'
import { isOpen, localTime, startOfDay } from './local-time.ts'

const office = [
  { days: [1, 2, 3, 4, 5], from: '09:00', to: '17:30' },
  { days: [6], from: '10:00', to: '12:00' },
]
const night = [
  { days: [6], from: '22:00', to: '24:00' },
  { days: [7], from: '00:00', to: '06:00' },
]

describe('hours by the clock on the wall', () => {
  test.each<[string, Parameters<typeof isOpen>[0], string, string, boolean]>([
    ['none are always open', null, 'UTC', '2026-11-24T03:00:00Z', true],
    ['the first minute', office, 'UTC', '2026-11-24T09:00:00Z', true],
    ['the minute before', office, 'UTC', '2026-11-24T08:59:59.999Z', false],
    ['the last minute', office, 'UTC', '2026-11-24T17:29:59.999Z', true],
    ['the end', office, 'UTC', '2026-11-24T17:30:00Z', false],
    ['another stretch on Saturday', office, 'UTC', '2026-11-28T11:00:00Z', true],
    ['Sunday', office, 'UTC', '2026-11-29T11:00:00Z', false],
    ['winter in Berlin', office, 'Europe/Berlin', '2026-11-24T08:00:00Z', true],
    ['winter in Berlin, before', office, 'Europe/Berlin', '2026-11-24T07:59:00Z', false],
    ['summer in Berlin', office, 'Europe/Berlin', '2026-07-21T07:00:00Z', true],
    ['the Friday before Berlin goes to summer', office, 'Europe/Berlin', '2026-03-27T07:30:00Z', false],
    ['the Monday after', office, 'Europe/Berlin', '2026-03-30T07:30:00Z', true],
    ['the Friday before Berlin goes to winter', office, 'Europe/Berlin', '2026-10-23T15:15:00Z', true],
    ['the Monday after, at the same UTC', office, 'Europe/Berlin', '2026-10-26T16:15:00Z', true],
    ['a night that springs forward, before', night, 'Europe/Berlin', '2026-03-29T00:59:00Z', true],
    ['a night that springs forward, after', night, 'Europe/Berlin', '2026-03-29T03:59:00Z', true],
    ['a night that springs forward, its end', night, 'Europe/Berlin', '2026-03-29T04:00:00Z', false],
    ['a night that falls back, its last minute', night, 'Europe/Berlin', '2026-10-25T04:59:00Z', true],
    ['a night that falls back, its end', night, 'Europe/Berlin', '2026-10-25T05:00:00Z', false],
    ['the last minute of a day', night, 'Europe/Berlin', '2026-11-28T22:59:00Z', true],
    ['a day ahead in Kiritimati', office, 'Pacific/Kiritimati', '2026-11-22T20:00:00Z', true],
    ['half an hour in Kolkata', office, 'Asia/Kolkata', '2026-11-24T03:30:00Z', true],
    ['a zone by its offset', office, '+01:00', '2026-11-24T08:00:00Z', true],
  ])('%s', (_name, hours, timeZone, at, open) => {
    expect(isOpen(hours, timeZone, new Date(at))).toBe(open)
  })
})

test('a time is read as the clock shows it', () => {
  expect(localTime(new Date('2026-11-29T23:30:00Z'), 'Europe/Berlin')).toEqual({
    day: '2026-11-30',
    weekday: 1,
    clock: '00:30',
  })
})

test.each([
  ['UTC', '2026-11-24', '2026-11-24T00:00:00.000Z'],
  ['Europe/Berlin', '2026-11-24', '2026-11-23T23:00:00.000Z'],
  ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z'],
  ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00.000Z'],
  ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z'],
  ['Europe/Berlin', '2026-10-26', '2026-10-25T23:00:00.000Z'],
  // Clocks go from 00:00 to 01:00, so there is no midnight.
  ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z'],
  // From 24:00 back to 23:00: the day before is an hour longer.
  ['Africa/Cairo', '2026-10-30', '2026-10-29T22:00:00.000Z'],
  // From 01:00 back to 00:00: midnight is there twice, and the day begins with the first.
  ['Atlantic/Azores', '2026-10-25', '2026-10-25T00:00:00.000Z'],
  ['Pacific/Kiritimati', '2026-11-24', '2026-11-23T10:00:00.000Z'],
])('in %s the day %s begins at %s', (timeZone, day, begins) => {
  expect(startOfDay(day, timeZone).toISOString()).toBe(begins)
})
