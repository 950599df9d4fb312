import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { clientOf, newNest } from '../process/spawned.ts'

test('a job that does not end holds the stop up for less than 10 s', async () => {
  const nest = newNest()
  const noted = nest.notesLeads(`appendFileSync('begun', 'x'); await new Promise(() => setInterval(() => {}, 1000))`)
  const server = await nest.start()
  const client = await clientOf(nest, server)
  await client.submit('ada@example.com')
  await expect.poll(() => readdirSync(nest.folder), { timeout: 5000 }).toContain('begun')

  const { code, ms } = await server.stop('SIGTERM')
  expect(code).toBe(0)
  expect(ms).toBeLessThan(10_000)
  expect(nest.postgres().alive).toBe(false)
  expect(noted()).toEqual([])

  // It was given back, not left locked: the next start tries it again.
  nest.notesLeads()
  const again = await nest.start()
  await expect.poll(noted, { timeout: 20_000 }).toHaveLength(1)
  expect(again.output()).not.toContain('"level":50')
}, 60_000)
