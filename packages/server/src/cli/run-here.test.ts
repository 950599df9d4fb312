import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { createWorkspace, importPowersOf } from '@leadnest/core'
import { definePlugin } from '@leadnest/core/plugin'
import { type TestNest, testNest } from '@leadnest/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mappingIn } from './import-mapping.ts'
import { demandSuccess, runHere } from './run-here.ts'

const by = { actor: { type: 'key' as const, id: null, name: 'Test' }, source: 'api' as const }
const size = 1001
const rows = Array.from({ length: size }, (_, i) => ({ row: i + 1, line: i + 2, values: [`lead${i}@example.com`] }))

/** A file that is read no further before its gate is open. */
let gate = Promise.withResolvers<void>()
let runs = 0
let batch = size
const gated = definePlugin({
  id: 'gated',
  name: 'Gated',
  importers: {
    gated: {
      label: 'Gated',
      sniff: () => 1,
      open: async () => ({ options: {}, columns: ['email'] }),
      scan: async () => ({ rows: size }),
      async *read(_source, _options, { from }) {
        runs++
        await gate.promise
        const begins = (from as { at: number } | null)?.at ?? 0
        for (let at = begins; at < size; at += batch)
          yield { rows: rows.slice(at, at + batch), next: { at: at + batch } }
      },
    },
  },
})

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [gated] })
})
afterAll(() => nest.close())

async function begin(rows = size) {
  batch = rows
  const { id } = await createWorkspace(nest, { name: 'Commands' })
  const imports = importPowersOf(nest, id, () => undefined)
  gate = Promise.withResolvers()
  runs = 0
  const { id: fileId } = await imports.store(bytes(), { name: 'leads.gated' })
  return { id, imports, begun: await imports.begin({ fileId }, by) }
}

async function* bytes() {
  yield Buffer.from('x')
}

test('a command looks at its job as often as it likes, and runs it once', async () => {
  const { id, imports, begun } = await begin()
  let looks = 0
  const look = () => {
    if (++looks === 20) gate.resolve()
    return imports.get(begun.id)
  }
  const done = await runHere(nest, id, begun, { look, tell: () => undefined, every: 1 })
  expect(done).toMatchObject({ status: 'succeeded', created: size })
  expect([looks >= 20, runs]).toEqual([true, 1])
})

test('a command that fails waits for the run that it began', async () => {
  const { id, imports, begun } = await begin()
  const look = () => {
    if (runs === 0) return imports.get(begun.id)
    gate.resolve()
    return Promise.reject(new Error('no more'))
  }
  await expect(runHere(nest, id, begun, { look, tell: () => undefined, every: 1 })).rejects.toThrow('no more')
  expect(await imports.get(begun.id)).toMatchObject({ created: size })
})

test('a command that is interrupted or finds its job at rest leaves it, and no run of its own', async () => {
  const { id, imports, begun } = await begin(100)
  const interruption = new AbortController()
  const look = async () => {
    if (runs > 0) {
      interruption.abort()
      setImmediate(gate.resolve)
    }
    return imports.get(begun.id)
  }
  const watch = { look, tell: () => undefined, every: 1 }
  const left = await runHere(nest, id, begun, { ...watch, interrupted: interruption.signal })
  expect([left.finishedAt, runs]).toEqual([null, 1])
  const rests = await imports.pause(begun.id, by)
  expect(await runHere(nest, id, rests, { ...watch, look: () => imports.get(begun.id) })).toMatchObject({
    status: 'paused',
    finishedAt: null,
  })
  const goesOn = await imports.resume(begun.id, by)
  expect(await runHere(nest, id, goesOn, watch)).toMatchObject({ status: 'succeeded', created: size })
})

test('--map refuses a column with two places, and what names no column or no place', async () => {
  await expect(mappingIn(['Wer=name', '{"Wer":"company"}'])).rejects.toThrow('“Wer” is sent to two places')
  for (const text of ['=name', 'Wer=']) await expect(mappingIn([text])).rejects.toThrow('write <column>=<target>')
})

test('a command that was cancelled or failed has no success', async () => {
  const { id, imports, begun } = await begin()
  const look = async () => {
    gate.resolve()
    return imports.cancel(begun.id, by)
  }
  const done = await runHere(nest, id, begun, { look, tell: () => undefined, every: 1 })
  expect(() => demandSuccess(done)).toThrow('It was cancelled')
  const error = { code: 'broken', detail: 'Row 7.' }
  expect(() => demandSuccess({ ...done, status: 'failed', error })).toThrow('broken: Row 7.')
  expect(() => demandSuccess({ ...done, status: 'succeeded' })).not.toThrow()
})

test('--map refuses what is no object of places', async () => {
  const file = `${await mkdtemp(`${tmpdir()}/leadnest-`)}/map.json`
  for (const text of ['null', '["email"]', '7', '"email"', '{']) {
    await writeFile(file, text)
    await expect(mappingIn([file])).rejects.toThrow('expected an object')
  }
  await expect(mappingIn(['{"a"'])).rejects.toThrow('--map: expected an object')
  await expect(mappingIn([`${file}.not`])).rejects.toThrow('name a file with JSON')
})

test('--map takes an object, and what stands behind the last =', async () => {
  expect(await mappingIn(['{"a=b":"email"}', 'c=d=name'])).toEqual({ 'a=b': 'email', 'c=d': 'name' })
  expect(await mappingIn(['Plan={"to":"fields.plan","create":{"label":"a={}"}}', 'a=b= {"to":"name"}'])).toEqual({
    Plan: { to: 'fields.plan', create: { label: 'a={}' } },
    'a=b': { to: 'name' },
  })
  await expect(mappingIn(['Plan={"to"'])).rejects.toThrow('--map Plan: expected an object of JSON, like {"to"')
})
