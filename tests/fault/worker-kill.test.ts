import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clientOf, newNest } from '../process/spawned.ts'

test('the job of a worker that was killed is run by another one within 45 s', async () => {
  const nest = newNest()
  // Whoever runs the first job never ends it; the mark tells the second one to go on.
  const begun = join(nest.folder, 'begun')
  const noted = nest.notesLeads(
    `if (!existsSync('begun')) { appendFileSync('begun', ''); await new Promise(() => setInterval(() => {}, 1000)) }`,
  )
  const server = await nest.start(['--no-worker'])
  const { submit, leads } = await clientOf(nest, server)
  const first = await nest.worker()
  await submit('ada@example.com')
  await expect.poll(() => existsSync(begun), { timeout: 10_000 }).toBe(true)

  const second = await nest.worker()
  await first.stop('SIGKILL')
  const killedAt = performance.now()
  // What a living worker still holds is never taken from it, so this job of its own is run once.
  await submit('ben@example.com')
  await expect.poll(noted, { timeout: 60_000, interval: 200 }).toHaveLength(2)
  expect((performance.now() - killedAt) / 1000).toBeLessThan(45)
  expect(noted().sort()).toEqual((await leads()).map(({ id }) => id).sort())
  expect(await second.stop()).toMatchObject({ code: 0 })
}, 90_000)

test('a long job of a living worker is not taken from it', async () => {
  const nest = newNest()
  const noted = nest.notesLeads(`await new Promise((done) => setTimeout(done, 45_000))`)
  const server = await nest.start()
  const { submit } = await clientOf(nest, server)
  await nest.worker()
  await submit('ada@example.com')
  await expect.poll(noted, { timeout: 60_000, interval: 200 }).toHaveLength(1)
  await server.stop()
  expect(noted()).toHaveLength(1)
}, 90_000)
