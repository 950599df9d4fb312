import { afterAll, beforeAll, expect, test } from 'vitest'
import { listFields } from '../index.ts'
import { definePlugin } from '../plugin.ts'
import { type TestNest, testNest } from '../testing.ts'
import { importPowersOf } from './import-powers-of.ts'
import { importing, lines } from './testing/lines.ts'

const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'command' as const }
/** What happens while a file of the format `slow` is looked through. */
let meanwhile: () => Promise<unknown>
const slow = definePlugin({
  id: 'slow',
  name: 'Slow',
  capabilities: ['imports'],
  importers: {
    slow: {
      ...lines,
      sniff: () => 0,
      async scan(source, options) {
        await meanwhile()
        return lines.scan(source, options)
      },
    },
  },
})

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing, slow] })
})
afterAll(() => nest.close())

async function begin(text: string, mapping: Record<string, object>) {
  const imports = importPowersOf(nest, nest.workspaceId, () => undefined)
  async function* bytes() {
    yield Buffer.from(text)
  }
  const { id: fileId } = await imports.store(bytes(), { name: 'a.tsv' })
  return imports.begin({ fileId, format: 'lines', mapping: { a: 'email', ...mapping } as never }, by)
}
/** Besides the one that this workspace has from its form. */
const made = async () =>
  (await listFields(nest, nest.workspaceId)).map(({ key }) => key).filter((key) => key !== 'message')

test.each(['constructor', 'email'])('a mapping makes no field “%s”, and names the column', async (key) => {
  await expect(begin('a\tb\na@example.com\t2', { b: { to: `fields.${key}`, create: {} } })).rejects.toMatchObject({
    code: 'invalid_input',
    issues: [{ path: 'mapping.b', message: expect.stringContaining(key) }],
  })
})

test('a mapping makes no more fields than a workspace may have', async () => {
  const names = Array.from({ length: 201 }, (_, i) => `c${i}`)
  const mapping = Object.fromEntries(names.map((name) => [name, { to: `fields.${name}`, create: {} }]))
  await expect(begin(['a', ...names].join('\t'), mapping)).rejects.toMatchObject({
    issues: [{ path: 'mapping.c199' }, { path: 'mapping.c200', message: 'A workspace has at most 200 fields.' }],
  })
  expect(await made()).toEqual([])
})

test('fields are made when the file was read to its end: one that cannot be read makes none', async () => {
  const mapping = { b: { to: 'fields.size', create: { type: 'text' } } }
  expect(await begin('a\tb\na@example.com\t2\n!broken\t3', mapping)).toMatchObject({ status: 'failed' })
  expect(await made()).toEqual([])
  expect(await begin('a\tb\na@example.com\t2', mapping)).toMatchObject({ status: 'succeeded', created: 1, failed: 0 })
  expect(await made()).toEqual(['size'])
})

test('of an import that is paused or cancelled while its file is looked through, no field is made before it goes on', async () => {
  const imports = importPowersOf(nest, nest.workspaceId, () => undefined)
  // Too large to be looked through before the answer.
  const rows = Array.from({ length: 1000 }, (_, i) => `p${i}@example.com\t${'2'.repeat(5000)}`)
  async function* bytes() {
    yield Buffer.from(['a\tb', ...rows].join('\n'))
  }
  const begun = async () => {
    const { id: fileId } = await imports.store(bytes(), { name: 'a.tsv' })
    const mapping = { a: 'email', b: { to: 'fields.weight', create: { type: 'long_text' } } } as never
    return imports.begin({ fileId, format: 'slow', mapping }, by)
  }

  const cancelled = await begun()
  meanwhile = () => imports.cancel(cancelled.id, by)
  await nest.settle()
  expect(await imports.get(cancelled.id)).toMatchObject({ status: 'cancelled', total: null })
  expect(await made()).toEqual(['size'])

  const paused = await begun()
  meanwhile = () => imports.pause(paused.id, by)
  await nest.settle()
  expect(await imports.get(paused.id)).toMatchObject({ status: 'paused', total: 1000 })
  expect(await made()).toEqual(['size'])
  await imports.resume(paused.id, by)
  await nest.settle()
  expect(await imports.get(paused.id)).toMatchObject({ status: 'succeeded', created: 1000 })
  expect(await made()).toEqual(['size', 'weight'])
})
