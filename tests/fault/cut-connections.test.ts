import { startEmbeddedPostgres } from '@leadnest/core/embedded-postgres'
import pg from 'pg'
import { expect, test } from 'vitest'
import { clientOf, everythingWorks, type Nest, newNest, openPage, ownerEnv } from '../process/spawned.ts'

test('when every connection is cut under load, only 503 is answered and nothing is lost', async () => {
  const nest = newNest(ownerEnv)
  const noted = nest.notesLeads()
  const server = await nest.start()
  const client = await clientOf(nest, server)
  const page = await openPage(server)
  const accepted: string[] = []
  const statuses = new Set<number>()
  let cuts = 0
  const lane = async (submitter: number) => {
    for (let n = 0; cuts < 10 || n < 20; n++) {
      const email = `${submitter}-${n}@example.com`
      for (let status = 0; status !== 201; statuses.add(status)) ({ status } = await client.submit(email))
      accepted.push(email)
    }
  }
  // Cuts hit every moment in the life of a job, so some are run a second time, half a minute later at most.
  const lanes = Promise.all(Array.from({ length: 8 }, (_, submitter) => lane(submitter)))
  for (; cuts < 10; cuts++) {
    const before = accepted.length
    await cutConnections(nest)
    await expect.poll(() => accepted.length, { timeout: 5000, interval: 10 }).toBeGreaterThan(before + 10)
  }
  await lanes
  expect([...statuses].filter((status) => status !== 201 && status !== 503)).toEqual([])
  expect((await client.leads()).map(({ email }) => email).sort()).toEqual(accepted.sort())
  await expect.poll(() => new Set(noted()).size, { timeout: 40_000 }).toBe(accepted.length)
  await everythingWorks('after', client, noted, page)
  expect(await server.stop()).toMatchObject({ code: 0 })
}, 60_000)

async function cutConnections(nest: Nest): Promise<void> {
  const { adminUrl } = await startEmbeddedPostgres(nest.dataDir)
  const client = new pg.Client(adminUrl)
  await client.connect()
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'leadnest'`)
  await client.end()
}
