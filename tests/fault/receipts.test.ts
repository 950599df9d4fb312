import { expect, test } from 'vitest'
import { askAgain, checkLedger, hammer, newLedger } from '../process/ledger.ts'
import { client, clientOf, newNest } from '../process/spawned.ts'

test('of 10,000 submissions under `kill -9` at random moments, each 201 has a receipt that verifies and one submission', async () => {
  const nest = newNest()
  let server = await nest.start()
  const { key } = await clientOf(nest, server)
  const ledger = newLedger()
  let kills = 0
  let retried = 0

  while (ledger.answered.size < 10_000) {
    const load = hammer(client(server.url, key), ledger, `kill${kills}`)
    // By the clock, and not by what was answered: so a kill meets a batch at any of its steps.
    await new Promise((done) => setTimeout(done, 20 + Math.random() * 400))
    await server.stop('SIGKILL')
    await load
    kills++
    retried += ledger.unanswered.length
    server = await nest.start()
    await askAgain(client(server.url, key), ledger)
  }
  await checkLedger(server.url, key, ledger)
  expect(kills).toBeGreaterThan(20)
  console.log(`${ledger.answered.size} submissions, ${kills} kills, ${retried} without an answer at first`)
}, 600_000)
