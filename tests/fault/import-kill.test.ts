import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { clientOf, newNest, type Server } from '../process/spawned.ts'

const rows = 100_000
const repeated = 1_000
const wrong = 100
const kills = 50

/** One line of the file is wrong in a thousand, and a thousand people come again at its end. */
const text = [
  'email,name',
  ...Array.from({ length: rows }, (_, i) => `p${i}@example.com,Person ${i}`),
  ...Array.from({ length: wrong }, (_, i) => `no address ${i},Nobody`),
  ...Array.from({ length: repeated }, (_, i) => `p${i * 7}@example.com,Person ${i * 7}`),
].join('\n')

test('100,000 rows and up to 50 × `kill -9` of server and worker: exactly 100,000 leads, and the counts of an undisturbed import (R12)', async ({
  annotate,
}) => {
  const nest = newNest()
  const plugin = fileURLToPath(new URL('../../packages/plugins/csv/dist/index.js', import.meta.url))
  writeFileSync(
    join(nest.folder, 'leadnest.config.mjs'),
    `import { csv } from ${JSON.stringify(plugin)}\nexport default { plugins: [csv()] }`,
  )
  let server: Server = await nest.start()
  const { key } = await clientOf(nest, server)
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${key}`, ...init.headers }
    const answer = await fetch(`${server.url}/v1${path}`, { ...init, headers })
    return (await answer.json()) as Record<string, number | string | null>
  }
  const begun = await ask('/imports', { method: 'POST', body: text, headers: { 'content-type': 'text/csv' } })
  const stateOf = () => ask(`/imports/${begun.id}`).catch(() => ({ finishedAt: null, created: -1 }))

  let killed = 0
  for (; killed < kills; killed++) {
    const before = Number((await stateOf()).created)
    // Every second time it has written a batch since, else it is anywhere: at its start, in a batch, or not at it yet.
    const steps = killed % 2
    if (steps === 0) await new Promise((done) => setTimeout(done, 2000 + Math.random() * 1500))
    await expect
      .poll(async () => ((await stateOf()).finishedAt ? Number.POSITIVE_INFINITY : Number((await stateOf()).created)), {
        timeout: 60_000,
        interval: 20,
      })
      .toBeGreaterThanOrEqual(Math.min(rows, before + steps))
    if ((await stateOf()).finishedAt) break
    await server.stop('SIGKILL')
    server = await nest.start()
  }
  // A fast machine ends before; then most of the kills have met it.
  expect(killed).toBeGreaterThan(20)
  await annotate(`${killed} kills`)
  await expect.poll(async () => (await stateOf()).finishedAt, { timeout: 120_000, interval: 200 }).toBeTruthy()
  expect(await stateOf()).toMatchObject({
    status: 'succeeded',
    total: rows + wrong + repeated,
    created: rows,
    updated: 0,
    skipped: repeated,
    failed: wrong,
  })
  const again = await ask('/imports?dryRun=true', {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'text/csv' },
  })
  await expect.poll(async () => (await ask(`/imports/${again.id}`)).finishedAt, { timeout: 120_000 }).toBeTruthy()
  expect(await ask(`/imports/${again.id}`)).toMatchObject({ created: 0, updated: 0, skipped: rows + repeated })
  await server.stop()
}, 1_200_000)
