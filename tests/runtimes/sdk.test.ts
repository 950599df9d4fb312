import { afterAll, beforeAll, expect, test } from 'vitest'
import * as sdk from '../../packages/sdk/src/index.ts'
import { upload } from '../../packages/sdk/src/upload.ts'
import { type TestServer, testServer } from '../../packages/server/src/testing.ts'
import { launchBrowser } from '../browser.ts'
import { bundle } from './bundle.ts'
import { suite } from './suite.mjs'

let server: TestServer
let options: { url: string; key: string }

beforeAll(async () => {
  server = await testServer()
  options = { url: await server.listen(), key: await server.nest.key() }
})
afterAll(() => server.close())

test('the SDK works in this Node', async () => {
  expect(await suite({ ...sdk, upload }, { ...options, name: 'node' })).toHaveLength(7)
})

test('the SDK works in Chromium', async () => {
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage({ bypassCSP: true })
    await page.goto(`${options.url}/healthz`)
    await page.addScriptTag({ type: 'module', content: await bundle('window.run = run') })
    await page.waitForFunction('window.run')
    const tried = await page.evaluate(`window.run(${JSON.stringify({ ...options, name: 'chromium' })})`)
    expect(tried).toHaveLength(7)
  } finally {
    await browser.close()
  }
})
