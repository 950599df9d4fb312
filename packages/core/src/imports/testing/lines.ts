import {
  definePlugin,
  type Exporter,
  type Importer,
  ImportFailure,
  type ImportSource,
  type ReadRow,
} from '../../plugin.ts'

/** Cells with tabs between, the names of the columns first; each batch ends at a byte of the file. */
export const lines: Importer = {
  label: 'Lines',
  sniff: (head) => (Buffer.from(head).includes('\t') || !Buffer.from(head).includes(',') ? 0.5 : 0),
  async open(source) {
    for await (const { text } of linesOf(source, 0)) return { options: {}, columns: text.split('\t') }
    throw new ImportFailure('empty_file', 'There is nothing in it.')
  },
  async scan(source) {
    let rows = -1
    for await (const { text } of linesOf(source, 0)) {
      rows++
      if (text.includes('!broken')) throw new ImportFailure('broken', `Row ${rows} is broken.`, { row: rows })
    }
    return { rows }
  },
  async *read(source, _options, { from, size }) {
    const place = (from as { byte: number; row: number } | null) ?? { byte: 0, row: -1 }
    let { row } = place
    let rows: ReadRow[] = []
    for await (const { text, end } of linesOf(source, place.byte)) {
      row++
      if (row > 0) rows.push({ row, line: row + 1, values: text.split('\t') })
      if (rows.length < size) continue
      yield { rows, next: { byte: end, row } }
      rows = []
    }
    if (rows.length > 0) yield { rows, next: { byte: source.size, row } }
  },
}

async function* linesOf(source: ImportSource, from: number) {
  let rest: Buffer = Buffer.alloc(0)
  let at = from
  for await (const part of source.read(from)) {
    rest = Buffer.concat([rest, part])
    let start = 0
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
      yield { text: rest.toString('utf8', start, end), end: at + end + 1 }
      start = end + 1
    }
    at += start
    rest = rest.subarray(start)
  }
  if (rest.length > 0) yield { text: rest.toString(), end: at + rest.length }
}

/** The same, written. */
const written: Exporter = {
  label: 'Lines',
  type: 'text/plain',
  extension: 'tsv',
  async *write(rows, columns) {
    yield columns.map(({ key }) => key).join('\t')
    for await (const some of rows) yield some.map((cells) => `\n${cells.join('\t')}`).join('')
  },
}

export const importing = definePlugin({
  id: 'lines',
  name: 'Lines',
  capabilities: ['imports', 'exports'],
  importers: { lines },
  exporters: { lines: written },
})
