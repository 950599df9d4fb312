import { expect, test } from 'vitest'
import type { ChannelSettings } from '../channels/channel-settings.ts'
import { readKeyword } from './keywords.ts'

const none: ChannelSettings['keywords'] = { stop: [], start: [], help: [] }
const read = (body: string, optedOut = false, more = none) => readKeyword(body, more, { optedOut })?.verdict

test.each(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'])('%s is a stop', (word) => {
  for (const text of [
    word,
    word.toLowerCase(),
    ` ${word}\n`,
    `${word}.`,
    `${word}!!!`,
    `“${word}”`,
    word.replace(/^./, (c) => c.toLowerCase()),
  ])
    expect([text, read(text)]).toEqual([text, 'stop'])
})

test.each(['START', 'UNSTOP'])('%s is a start', (word) => expect(read(`${word.toLowerCase()}.`)).toBe('start'))
test.each(['HELP', 'INFO'])('%s asks for help', (word) => expect(read(`${word} `)).toBe('help'))

test('a yes is a start only where a no stands', () => {
  expect(read('Yes')).toBeUndefined()
  expect(read('Yes', true)).toBe('start')
})

test.each([
  'stop by tomorrow',
  'Stop by tomorrow.',
  'please stop',
  'STOP IT',
  'stop!now',
  'don’t stop',
  'nonstop',
  'stopped',
  'stops',
  'stop-over',
  'bus stop',
  'S T O P',
  'the end',
  'end of the month',
  'weekend',
  'ending',
  'cancel my order',
  'please cancel',
  'cancelled',
  'cancel?yes',
  'quit smoking',
  'I quit',
  'quite',
  'revoked',
  'revoke my key',
  'opt out',
  'opt-out of lunch',
  'unsubscribe me from the other list',
  'unsubscribed',
  'no',
  '',
  'st\u00adop',
])('“%s” is none', (text) => expect(read(text, true)).toBeUndefined())

test('a workspace adds words of its own, in any script', () => {
  const more = { stop: ['ARRÊT', 'СТОП'], start: ['LOS'], help: ['HILFE'] }
  expect(read('arrêt', false, more)).toBe('stop')
  expect(read('arre\u0302t.', false, more)).toBe('stop')
  expect(read('стоп', false, more)).toBe('stop')
  expect(read('los!', false, more)).toBe('start')
  expect(read('Hilfe', false, more)).toBe('help')
})

test.each([
  ['spaces between words', `a${' '.repeat(49_998)}b`],
  ['marks in front', `${'.'.repeat(49_999)}b`],
  ['spaces alone', ' '.repeat(50_000)],
  ['many such gaps', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].join(' '.repeat(5000))],
])('the longest message, of %s, is read at once', (_, body) => {
  const begun = performance.now()
  expect(read(body)).toBeUndefined()
  expect(performance.now() - begun).toBeLessThan(200)
})

test('a word is found however much space is around it', () => {
  expect(read(`${' '.repeat(20_000)}stop${'!'.repeat(20_000)}`)).toBe('stop')
})
