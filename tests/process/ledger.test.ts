import { expect, test } from 'vitest'
import { askAgain, checkLedger, hammer, newLedger } from './ledger.ts'
import { client, clientOf, isAlive, newNest } from './spawned.ts'

/** How many answers the server gives before it is ended. */
const answersPerRound = 250

test('whatever ends the server under load, no answered submission is lost, none is there twice, and each receipt is right', async () => {
  const nest = newNest()
  let server = await nest.start()
  const { key } = await clientOf(nest, server)
  const ledger = newLedger()

  for (const signal of ['SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
    const before = ledger.answered.size
    const load = hammer(client(server.url, key), ledger, `${signal}${before}`)
    await expect
      .poll(() => ledger.answered.size - before, { interval: 5, timeout: 10_000 })
      .toBeGreaterThan(answersPerRound)
    const postgres = nest.postgres()
    await server.stop(signal)
    await load
    expect(isAlive(postgres.pid)).toBe(signal === 'SIGKILL')

    server = await nest.start()
    expect(server.output().includes('(was already running)')).toBe(signal === 'SIGKILL')
    if (signal === 'SIGKILL') expect(nest.postgres().pid).toBe(postgres.pid)
    await askAgain(client(server.url, key), ledger)
  }
  await checkLedger(server.url, key, ledger)
}, 60_000)
