import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../packages/server/src/testing.ts'
import { bundle } from './bundle.ts'

/** 540 MB, so they are installed only for this test, and stay. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/leadnest-runtimes', import.meta.url))
const packages = ['node@22', 'bun@1', 'deno@2', 'miniflare@4']
const exec = promisify(execFile)
const bin = (...path: string[]) => join(cache, 'node_modules', ...path)

let server: TestServer
let options: { url: string; key: string }

beforeAll(async () => {
  if (!existsSync(bin('miniflare'))) {
    mkdirSync(cache, { recursive: true })
    writeFileSync(join(cache, 'package.json'), '{ "private": true }')
    await exec('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: cache })
  }
  server = await testServer()
  options = { url: await server.listen(), key: await server.nest.key() }
}, 300_000)
afterAll(() => server?.close())

const print = (name: string) => bundle(`console.log((await run(${JSON.stringify({ ...options, name })})).length)`)

test.each([
  ['node22', bin('.bin', 'node'), []],
  ['bun', bin('.bin', 'bun'), ['run']],
  ['deno', bin('.bin', 'deno'), ['run', '--allow-all']],
])(
  'the SDK works in %s',
  async (name, command, args) => {
    const file = join(cache, `${name}.mjs`)
    writeFileSync(file, await print(name))
    const { stdout } = await exec(command, [...args, file], { cwd: cache, timeout: 60_000 })
    expect(stdout.trim()).toBe('7')
  },
  90_000,
)

test('the SDK works in workerd', async () => {
  const { Miniflare } = createRequire(join(cache, 'package.json'))('miniflare')
  const worker = new Miniflare({
    modules: true,
    compatibilityDate: '2025-11-01',
    script: await bundle(`export default {
      fetch: async () => new Response(String((await run(${JSON.stringify({ ...options, name: 'workerd' })})).length)),
    }`),
  })
  try {
    expect(await (await worker.dispatchFetch('http://localhost/')).text()).toBe('7')
  } finally {
    await worker.dispose()
  }
}, 90_000)
