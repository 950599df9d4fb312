import { definePlugin, ImportFailure } from '@leadnest/core/plugin'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

/** JSON Lines: another plugin's format, by the same door. */
const jsonLines = definePlugin({
  id: 'jsonl',
  name: 'JSON Lines',
  importers: {
    jsonl: {
      label: 'JSON Lines',
      sniff: (head) => (Buffer.from(head).toString().trimStart().startsWith('{') ? 0.6 : 0),
      async open(source) {
        for await (const { text } of linesOf(source.read())) {
          const columns = Object.keys(JSON.parse(text))
          return { options: { columns }, columns }
        }
        throw new ImportFailure('empty_file', 'There is no line in this file.')
      },
      async scan(source) {
        let rows = 0
        for await (const _ of linesOf(source.read())) rows++
        return { rows }
      },
      async *read(source, options, { from, size }) {
        const { columns } = options as { columns: string[] }
        let { line, at } = (from as { line: number; at: number } | null) ?? { line: 0, at: 0 }
        let rows = []
        for await (const { text, end } of linesOf(source.read(at), at)) {
          line++
          at = end
          const said = JSON.parse(text)
          rows.push({ row: line, line, values: columns.map((name) => String(said[name] ?? '')) })
          if (rows.length === size) yield { rows: rows.splice(0), next: { line, at } }
        }
        if (rows.length > 0) yield { rows, next: { line, at } }
        rows = []
      },
    },
  },
})

async function* linesOf(bytes: AsyncIterable<Uint8Array>, at = 0) {
  let rest = Buffer.alloc(0)
  for await (const chunk of bytes) {
    rest = Buffer.concat([rest, chunk])
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      at += end + 1
      yield { text: rest.toString('utf8', 0, end), end: at }
      rest = rest.subarray(end + 1)
    }
  }
  if (rest.length > 0) yield { text: rest.toString(), end: at + rest.length }
}

let server: TestServer
beforeAll(async () => {
  server = await testServer({ plugins: [csv(), jsonLines] })
})
afterAll(() => server.close())

test('a format of another plugin goes the same way, found by looking or by its name', async () => {
  const key = await server.nest.key()
  const send = (text: string, query: Record<string, string> = {}, type = 'text/csv') =>
    server.request(`POST /v1/imports?${new URLSearchParams(query)}`, {
      key,
      raw: text,
      headers: { 'content-type': type },
    })
  const text = '{"email":"ada@example.com","name":"Ada"}\n{"email":"nobody"}\n'
  const found = await send(text, {}, 'application/x-ndjson')
  expect(found.json).toMatchObject({
    format: 'jsonl',
    created: 1,
    failed: 1,
    errors: [{ row: 2, code: 'invalid_email' }],
  })
  expect((await send(text, { format: 'jsonl' })).json).toMatchObject({ created: 0, skipped: 1 })
  expect((await server.request('GET /v1/leads', { key })).json.data).toMatchObject([{ name: 'Ada' }])
  // What is inside says more than a name that nobody gave, or one that says nothing.
  const bytes = 'application/octet-stream'
  expect((await send(text, {}, bytes)).json).toMatchObject({ format: 'jsonl', skipped: 1 })
  expect((await send(text, { name: 'people.txt' }, bytes)).json).toMatchObject({ format: 'jsonl', skipped: 1 })
  expect((await send('email\nbob@example.com\n', {}, bytes)).json).toMatchObject({ format: 'csv', created: 1 })
})
