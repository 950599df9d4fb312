import { expect, test } from 'vitest'
import { kindOf } from './kind.ts'

test.each<[string[], object]>([
  [['7', '-3', '0', '1204'], { type: 'number' }],
  [['38.5', '7'], { type: 'number' }],
  [['38,5', '7'], { type: 'number', decimal: ',' }],
  [['1.234,50', '12', '1.000'], { type: 'number', decimal: ',' }],
  [['1,234.50', '12'], { type: 'number', decimal: '.' }],
  [['1,234', '12.5'], { type: 'number', decimal: '.' }],
  [['€ 1.234,50', '2.000,00 EUR'], { type: 'number', decimal: ',' }],
  [['$1,234.56', '$2.50'], { type: 'number', decimal: '.' }],
  [['12,5 %', '3 %'], { type: 'number', decimal: ',' }],
  // These may be read in two ways, or would lose something.
  [['1.234', '2.000'], { type: 'text' }],
  [['1,234'], { type: 'text' }],
  [['01067', '10115'], { type: 'text' }],
  [['0012345'], { type: 'text' }],
  [['1234567890123456'], { type: 'text' }],
  [['7', 'seven'], { type: 'text' }],
  [['2026-12-31', '2027-01-01'], { type: 'date' }],
  [['31 Dec 2026', '1. Januar 2027'], { type: 'date' }],
  [['31/12/2026', '01/02/2027'], { type: 'date', date: 'dmy' }],
  [['12/31/2026', '01/02/2027'], { type: 'date', date: 'mdy' }],
  [['01.02.2026'], { type: 'date', date: 'dmy' }],
  [['01/02/2026'], { type: 'text' }],
  [['31/12/2026', '12/31/2026'], { type: 'text' }],
  [['2026-02-30'], { type: 'text' }],
  [['2026-12-31 08:00'], { type: 'text' }],
  [['yes', '', 'No'], { type: 'boolean' }],
  [['ja', 'nein'], { type: 'boolean' }],
  [['ada@example.com'], { type: 'email' }],
  [['https://example.com/a?b'], { type: 'url' }],
  [['+49 30 901820', '030/901820'], { type: 'phone' }],
  [['+4930901820'], { type: 'phone' }],
  [['a\nb'], { type: 'long_text' }],
  [['', ' '], { type: 'text' }],
])('%j is %j', (cells, kind) => {
  expect(kindOf(cells)).toEqual(kind)
})
