import { ImportFailure, type ImportSource, type ReadRow } from '@leadnest/core/plugin'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shield } from '../values/formula.ts'
import { csvImporter } from './csv-importer.ts'
import type { CsvOptions } from './options.ts'

/** A file that comes in pieces of some length. */
const sourceOf = (bytes: Uint8Array, length = 64 * 1024): ImportSource => ({
  name: 'leads.csv',
  type: 'text/csv',
  size: bytes.length,
  async *read(from = 0) {
    for (let at = from; at < bytes.length; at += length) yield bytes.subarray(at, Math.min(at + length, bytes.length))
  },
})

/** All that an engine does with a file: it opens it, looks whether it can be read, and reads it in batches, each from where the last ended. */
async function readAll(source: ImportSource, { size = 1000, ...given }: CsvOptions & { size?: number } = {}) {
  const { options, columns } = await csvImporter.open(source, given)
  const { rows: total } = await csvImporter.scan(source, options)
  const rows: ReadRow[] = []
  let from: object | null = null
  for (let more = true; more; ) {
    more = false
    for await (const batch of csvImporter.read(source, options, { from, size })) {
      rows.push(...batch.rows)
      from = JSON.parse(JSON.stringify(batch.next))
      more = true
      break
    }
  }
  return { options, columns, rows, total }
}

test('a file may begin with more blank lines than its beginning has room for', async () => {
  const { columns, rows, total } = await readAll(
    sourceOf(Buffer.from(`${'\r\n'.repeat(100_000)}  email;name\r\na@example.com;Ada\r\n`)),
  )
  expect([columns, total]).toEqual([['email', 'name'], 1])
  expect(rows).toMatchObject([{ row: 1, line: 100_002, values: ['a@example.com', 'Ada'] }])
  await expect(readAll(sourceOf(Buffer.alloc(5 * 1024 * 1024, 10)))).rejects.toMatchObject({ code: 'empty_file' })
})

test('a batch is full with 8 MiB, also of rows that are refused', async () => {
  const long = Array.from({ length: 20 }, () => 'x'.repeat(3000)).join(',')
  const source = sourceOf(Buffer.from(`email,name\n${`"a"b,${long}\n`.repeat(400)}`))
  const { options } = await csvImporter.open(source, {})
  const sizes: number[] = []
  for await (const { rows } of csvImporter.read(source, options, { from: null, size: 1000 }))
    sizes.push(rows.reduce((sum, { values }) => sum + values.join('').length, 0))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(16 * 1024 * 1024)
  expect(Math.max(...sizes)).toBeLessThan(9 * 1024 * 1024)
})

test('a batch that begins where another ended is cut as it was, whatever chunks the file comes in', async () => {
  const row = (i: number) => `a${i}@example.com,${'x'.repeat(i % 7 === 0 ? 60_000 : (i * 37) % 900)}\n`
  const bytes = Buffer.from(`email,name\n${Array.from({ length: 3000 }, (_, i) => row(i)).join('')}`)
  const { options } = await csvImporter.open(sourceOf(bytes), {})
  const endsFrom = async (from: object | null, length: number) => {
    const ends: object[] = []
    for await (const { next } of csvImporter.read(sourceOf(bytes, length), options, { from, size: 5000 }))
      ends.push(next)
    return ends
  }
  const ends = await endsFrom(null, 256 * 1024)
  expect(ends.length).toBeGreaterThan(3)
  for (const [i, from] of ends.entries()) expect(await endsFrom(from, 100_003)).toEqual(ends.slice(i + 1))
})

const cell = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('"', '""', ',', ';', '\t', '\n', '\r\n', '\r', ' ', "'", '\\"', 'sep=;', '=1', 'Zoë', '👩‍🚀'),
)
const encodings = fc.constantFrom('utf8', 'utf8 with its mark', 'utf16le')

function encoded(text: string, encoding: string): Buffer {
  if (encoding === 'utf16le') return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
  return Buffer.from(encoding === 'utf8' ? text : `\uFEFF${text}`)
}

test('any table is read as it was written, however it is written and wherever it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }),
      fc.record({
        delimiter: fc.constantFrom(',', ';', '\t', '|'),
        record_delimiter: fc.constantFrom('\n', '\r\n', '\r'),
        quoted: fc.boolean(),
        eof: fc.boolean(),
      }),
      encodings,
      fc.integer({ min: 1, max: 40 }),
      async (cells, style, encoding, length) => {
        const table = [
          ['email', 'first name', 'note'],
          ...cells.map((row) => row.map((cell) => cell.replaceAll('\0', ''))),
        ]
        const written = table.map((row) => row.map(shield))
        const text = stringify(written, { ...style, quoted_match: /['\r\n]/ })
        const known = { delimiter: style.delimiter, quote: '"', header: true } as const
        const source = sourceOf(encoded(text, encoding), length)
        const { rows, total, columns } = await readAll(source, known)
        const expected = table.slice(1)
        expect(columns).toEqual(table[0])
        expect(rows.map(({ values }) => values)).toEqual(expected)
        expect(rows.map(({ row }) => row)).toEqual(expected.map((_, i) => i + 1))
        expect(total).toBe(expected.length)
        // From wherever a batch ended it goes on as if it had not.
        expect((await readAll(source, { ...known, size: 2 })).rows).toEqual(rows)
      },
    ),
    { numRuns: 100 },
  )
})

test('a title above the header is no row, and the lines below it are counted as those of the file', async () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = ['Export of 12.3.2026', '', 'email,name', 'a@example.test,Ada', ''].join(end)
    const { columns, rows, total } = await readAll(sourceOf(Buffer.from(text), 5))
    expect([columns, total]).toEqual([['email', 'name'], 1])
    expect(rows).toMatchObject([{ row: 1, line: 4, values: ['a@example.test', 'Ada'] }])
  }
  const said = await readAll(sourceOf(Buffer.from('People\nemail,name\n')), { header: true })
  expect(said.columns).toEqual(['People'])
  const { columns } = await readAll(sourceOf(Buffer.from('a title\nx,y\na@example.test,Ada\n')))
  expect(columns).toEqual(['a title'])
})

test('spaces around quotes are no text where a file has them; around plain fields they stay where it has not', async () => {
  const text =
    'email , "name", note\n"a@example.test" ,  "A, ""B""\n C"  , " x "\nb@example.test, "B" "C",\nc@example.test,"", say "hi"\n'
  for (const length of [1, 2, 3, 7, 1000]) {
    const { columns, rows, total } = await readAll(sourceOf(Buffer.from(text), length), { size: 2 })
    expect([columns, total]).toEqual([['email', 'name', 'note'], 3])
    expect(rows.map(({ values, error }) => error?.code ?? values)).toEqual([
      ['a@example.test', 'A, "B"\n C', ' x '],
      'invalid_quote',
      ['c@example.test', '', 'say "hi"'],
    ])
  }
  const { rows } = await readAll(sourceOf(Buffer.from('email,name\na@example.test, A \n')))
  expect(rows[0]!.values).toEqual(['a@example.test', ' A '])
})

test('the line of a row is that of the file, with blank lines and line ends within quotes', async () => {
  const text = 'email,note\n\n  \na@example.test,"1\r\n2\r3\n4"\r\nb@example.test,x\rc@example.test,y\n'
  const { rows } = await readAll(sourceOf(Buffer.from(text), 5), { size: 1 })
  expect(rows.map(({ row, line }) => [row, line])).toEqual([
    [1, 4],
    [2, 8],
    [3, 9],
  ])
})

async function faultOf(bytes: Uint8Array, options: CsvOptions = {}): Promise<ImportFailure> {
  const fault = await readAll(sourceOf(bytes, 7), options).catch((error: unknown) => error)
  if (!(fault instanceof ImportFailure)) throw fault
  return fault
}

test('what is not UTF-8 is named by byte, row and line, and the way out with it', async () => {
  const fault = await faultOf(Buffer.from('email,name\na@example.test,A\nb@example.test,Zo\xeb\n', 'latin1'))
  expect(fault).toMatchObject({ code: 'invalid_utf8', row: 2 })
  expect(fault.message).toContain('byte 45, row 2, line 3')
  expect(fault.message).toContain('windows-1252')

  const named = await readAll(sourceOf(Buffer.from('email,name\na@example.test,Zo\xeb\n', 'latin1')), {
    encoding: 'windows-1252',
  })
  expect(named.rows[0]!.values).toEqual(['a@example.test', 'Zoë'])
})

test('a byte order mark is believed before what was said', async () => {
  const { rows } = await readAll(sourceOf(Buffer.from('\uFEFFemail,name\na@example.test,Zoë\n')), {
    encoding: 'windows-1252',
  })
  expect(rows[0]!.values[1]).toBe('Zoë')
})

test('a quote that is never closed is named by the row and line that open it', async () => {
  expect(
    await faultOf(Buffer.from('email,name\na@example.test,"A\n\nA"\nb@example.test,"B\nc@example.test,C\n')),
  ).toMatchObject({
    code: 'unclosed_quote',
    row: 2,
    message:
      'The quote that row 2 opens on line 5 is never closed. Close it, or write it twice ("") where it is part of the text.',
  })
})

test('a line of 200 MB is one bad row, and is not kept', async () => {
  const before = process.memoryUsage()
  const { rows } = await readAll({ ...sourceOf(Buffer.alloc(0)), size: 200 * 1024 * 1024, read: longLine })
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  expect(rows.map(({ row, line, error }) => [row, line, error?.code])).toEqual([
    [1, 2, 'field_too_long'],
    [2, 3, undefined],
  ])
  expect(rows[0]!.values[1]!.length).toBeLessThanOrEqual(64 * 1024)
  expect(arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed).toBeLessThan(64 * 1024 * 1024)
}, 60_000)

/** 200 MB, none of which is there before it is asked for. */
async function* longLine(from = 0) {
  const piece = Buffer.alloc(1024 * 1024, 'x')
  const beginning = 'email,note\na@example.test,"'
  const end = beginning.length + 200 * piece.length
  if (from < beginning.length) yield Buffer.from(beginning.slice(from))
  for (let i = 0; i < 200 && from < end; i++) yield piece
  yield Buffer.from('"\nb@example.test,B\n').subarray(Math.max(0, from - end))
}

test('a row of many fields that are short enough may be too long as a whole', async () => {
  const row = ['a@example.test', ...Array.from({ length: 40 }, () => 'x'.repeat(30_000))]
  const text = `email,${row.slice(1).map((_, i) => `c${i}`)}\n${row}\nb@example.test${',y'.repeat(40)}\n`
  const { rows } = await readAll(sourceOf(Buffer.from(text)))
  expect(rows.map(({ error }) => error?.code)).toEqual(['row_too_long', undefined])
})

test('options that it does not know are refused, each by its path', async () => {
  const refused = (options: object) =>
    csvImporter.open(sourceOf(Buffer.from('a,b\n')), options).catch((error) => error.issues)
  expect(await refused({ encoding: 'latin-99' })).toMatchObject([{ path: 'encoding' }])
  expect(await refused({ delimiter: ', ' })).toMatchObject([{ path: 'delimiter' }])
  expect(await refused({ delimiter: 'x' })).toMatchObject([{ path: 'delimiter' }])
  expect(await refused({ colour: 'red' })).toMatchObject([{ path: 'colour' }])
})

test('a second column of a name that means nothing is told apart; one that means the same of a lead is refused', async () => {
  const { columns } = await readAll(sourceOf(Buffer.from('email,Seen,seen,,\na@example.test,1,2,3,4\n')))
  expect(columns).toEqual(['email', 'Seen', 'seen (2)', 'Column 4', 'Column 5'])
  expect((await faultOf(Buffer.from('email,E-Mail\na@example.test,b@example.test\n'))).code).toBe('duplicate_header')
})

test('where the header goes on with nothing, so may each row, however far', async () => {
  const text = `email,name${','.repeat(1500)}\na@example.test,A${','.repeat(40)}\nb@example.test,B${','.repeat(1500)}\nc@example.test,C,x\n`
  const { rows } = await readAll(sourceOf(Buffer.from(text)))
  expect(rows.map(({ values }) => values.length)).toEqual([2, 2, 3])
})

test.each([
  ['email,,Column 2', ['email', 'Column 2 (2)', 'Column 2']],
  ['A,A,A (2),a', ['A', 'A (3)', 'A (2)', 'a (4)']],
  [',Column 1,Column 1 (2)', ['Column 1 (3)', 'Column 1', 'Column 1 (2)']],
])('the columns of %s are called %j', async (header, wanted) => {
  expect((await readAll(sourceOf(Buffer.from(`${header}\nx`)), { header: true })).columns).toEqual(wanted)
})
