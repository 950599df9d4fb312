import { expect, test } from 'vitest'
import { recordsIn } from './parse-records.ts'
import { OpenQuote, scanRecords } from './scan.ts'

const signs = ['a', 'b', ',', ';', '"', '"', ' ', '\t', '\u00a0', '\u2003', '\n', '\r', '\r\n', '\v']

/** Numbers that are the same in each run (mulberry32). */
function random(seed: number) {
  return (below: number) => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

test('each record that is found has its cells or a fault, however quotes and spaces stand', () => {
  const pick = random(7)
  for (let i = 0; i < 4000; i++) {
    const text = Array.from({ length: 1 + pick(30) }, () => signs[pick(signs.length)]!).join('')
    const marks = { delimiter: pick(2) ? ',' : ';', quote: '"', spaced: pick(3) > 0 }
    const scanner = scanRecords(marks)
    const blocks = [scanner.push(Buffer.from(text))]
    try {
      blocks.push(scanner.end())
    } catch (error) {
      expect(error).toBeInstanceOf(OpenQuote)
    }
    for (const block of blocks) {
      const records = recordsIn(block, marks)
      expect(records, JSON.stringify(text)).toHaveLength(block.found.length)
      for (const { cells } of records) expect(cells.length, JSON.stringify(text)).toBeGreaterThan(0)
    }
  }
})

test('a row with a tab before an open quote is refused, where spaces stand around quotes, and its neighbours are read', () => {
  const marks = { delimiter: ',', quote: '"', spaced: true }
  const text = 'email, name\na@x.com, "A"\nb@x.com,\t"B\nc@x.com, "C"\n'
  const records = recordsIn(scanRecords(marks).push(Buffer.from(text)), marks)
  expect(records.map(({ cells, fault }) => fault ?? cells)).toEqual([
    ['email', 'name'],
    ['a@x.com', 'A'],
    'invalid_quote',
    ['c@x.com', 'C'],
  ])
})

test('such a row does not run on into the next one, where that has line ends within quotes', () => {
  const marks = { delimiter: ',', quote: '"', spaced: true }
  const text = 'email, name\na@x.com, "A"\nb@x.com,\t"B\nc@x.com, "\nC"\nd@x.com, "D"\n'
  const records = recordsIn(scanRecords(marks).push(Buffer.from(text)), marks)
  expect(records.map(({ cells, fault }) => fault ?? cells)).toEqual([
    ['email', 'name'],
    ['a@x.com', 'A'],
    'invalid_quote',
    ['c@x.com', '\nC'],
    ['d@x.com', 'D'],
  ])
})
