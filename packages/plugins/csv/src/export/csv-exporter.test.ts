import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvImporter } from '../file/csv-importer.ts'
import { csvExporter } from './csv-exporter.ts'

async function* given<T>(value: T) {
  yield value
}

async function written(rows: string[][], options: object = {}): Promise<string> {
  const columns = (rows[0] ?? ['']).map((_, i) => ({ key: `c${i}`, label: '' }))
  let text = ''
  for await (const part of csvExporter.write(given(rows), columns, options)) text += part
  return text
}

const cell = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom('', '=1', "'=1", "''+", '\t', '\r', '\n', '"', ',', ';', '-1', '＝1', '@a', "'", "'a", "'12", "''12"),
)

test('what is written is read back as it was, cell by cell', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .integer({ min: 1, max: 4 })
        .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 })),
      fc.record({ delimiter: fc.constantFrom(',', ';', '\t', '|'), bom: fc.boolean() }),
      async (rows, options) => {
        const bytes = Buffer.from(await written(rows, options))
        const source = {
          name: 'x.csv',
          type: 'text/csv',
          size: bytes.length,
          read: (from = 0) => given(bytes.subarray(from)),
        }
        const opened = await csvImporter.open(source, { delimiter: options.delimiter })
        const read: string[][] = []
        for await (const batch of csvImporter.read(source, opened.options, { from: null, size: 1000 }))
          read.push(...batch.rows.map(({ values }) => values))
        expect(read).toEqual(rows)
      },
    ),
    { numRuns: 200 },
  )
})

test('no cell of it is a formula, in whatever delimiter', async () => {
  const text = await written([['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', '＝1', "'=1"]], { delimiter: ';' })
  const cells = text.split('\r\n')[1]!.split(';')
  expect(cells.every((cell) => cell.startsWith(`"'`))).toBe(true)
})
