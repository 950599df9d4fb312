import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLeadNest } from '@leadnest/sdk'
import { upload } from '@leadnest/sdk/upload'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

const page = await readFile(new URL('../../../../docs/import-export.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!)

let server: TestServer
let folder: string
beforeAll(async () => {
  server = await testServer({ plugins: [csv()] })
  folder = await mkdtemp(join(tmpdir(), 'leadnest-docs-'))
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

test('what the page shows of the SDK runs as it says, and its files are written', async () => {
  const leadnest = createLeadNest({ url: await server.listen(), key: await server.nest.key() })
  const names = ['rejects.csv', 'won.csv']
  const given = {
    leadnest,
    upload,
    onProgress: () => undefined,
    file: new File(['Mail;Wer\nada@example.com;Ada\nnobody;N\n'], 'people.csv'),
    writeFile: (name: string, stream: ReadableStream<Uint8Array>) => writeFile(join(folder, name), stream),
  }
  const printed: string[] = []
  const console = { log: (...values: unknown[]) => printed.push(values.join(' ')) }
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor
  for (const code of blocks)
    await new AsyncFunction(...Object.keys(given), 'console', code)(...Object.values(given), console)
  expect(printed).toEqual([...page.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text))
  const [rejects, won] = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  expect(rejects).toMatch(/^\uFEFFMail;Wer;import_row.*\r\nnobody;N;2;3;Mail;/)
  expect(won).toBe('\uFEFFemail,name\r\n')
  expect([await leadnest.importMappings.list(), await leadnest.exportSchedules.list()]).toMatchObject([
    [{ name: 'Shop' }],
    [{ name: 'Mondays' }],
  ])
})
