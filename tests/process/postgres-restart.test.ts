import { startEmbeddedPostgres } from '@leadnest/core/embedded-postgres'
import { expect, test } from 'vitest'
import { clientOf, everythingWorks, newNest, openPage, ownerEnv, stopPostgres } from './spawned.ts'

test('a server outlives restarts of its Postgres: the requests, the worker and the live feed work again', async () => {
  const home = newNest()
  const postgres = await startEmbeddedPostgres(home.dataDir)
  const nest = newNest({ DATABASE_URL: postgres.url, ...ownerEnv })
  const noted = nest.notesLeads()
  const server = await nest.start()
  const client = await clientOf(nest, server)
  const page = await openPage(server)
  await everythingWorks('before', client, noted, page)

  for (const round of ['one', 'two']) {
    const startPostgres = await stopPostgres(home)
    await expect.poll(server.ready, { timeout: 4000 }).toBe(503)
    expect(await fetch(`${server.url}/healthz`).then(({ status }) => status)).toBe(200)
    const refused = await client.submit(`away-${round}@example.com`)
    expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    // Long enough that whoever waits ever longer between tries, or tries only a few times, is found out.
    const enough = performance.now() + 3000
    await expect
      .poll(async () => (await server.ready()) === 503 && performance.now() > enough, { timeout: 5000 })
      .toBe(true)
    startPostgres()
    await expect.poll(server.ready, { timeout: 5000 }).toBe(200)
    await everythingWorks(round, client, noted, page)
  }
  expect(server.output()).not.toContain('"level":60')
  expect(await server.stop()).toMatchObject({ code: 0 })
}, 60_000)

test('an embedded Postgres that ends is started again by its server', async () => {
  const nest = newNest(ownerEnv)
  const noted = nest.notesLeads()
  const server = await nest.start()
  const client = await clientOf(nest, server)
  const page = await openPage(server)
  const { pid } = nest.postgres()
  process.kill(pid, 'SIGQUIT')
  await expect.poll(() => nest.postgres().alive && nest.postgres().pid !== pid, { timeout: 10_000 }).toBe(true)
  await expect.poll(server.ready, { timeout: 5000 }).toBe(200)
  await everythingWorks('after', client, noted, page)
  expect(await server.stop()).toMatchObject({ code: 0 })
  expect(nest.postgres().alive).toBe(false)
}, 60_000)
