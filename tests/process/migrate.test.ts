import { expect, onTestFinished, test } from 'vitest'
import { connect, emptyDatabase } from './empty-database.ts'
import { newNest } from './spawned.ts'

const appliedIn = (outputs: string[]) => outputs.flatMap((output) => output.match(/applied \S+/g) ?? []).sort()

test('five processes that migrate at once apply each migration exactly once', async () => {
  const nest = newNest({ DATABASE_URL: await emptyDatabase() })
  const all = await Promise.all(Array.from({ length: 5 }, () => nest.run(['migrate', 'up'])))
  expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
  const { output } = await nest.run(['migrate', 'status'])
  expect(output).not.toContain('pending')
  expect(appliedIn(all.map(({ output }) => output))).toEqual(appliedIn([output]))
  expect(all.filter(({ output }) => output === 'The database is up to date.\n')).toHaveLength(4)
})

test('a migration that was killed half-way leaves nothing behind, and the next start completes', async () => {
  const url = await emptyDatabase()
  const nest = newNest({ DATABASE_URL: url })
  const [blocker, watcher] = [await connect(url), await connect(url)]
  onTestFinished(() => Promise.all([blocker.end(), watcher.end()]).then(() => undefined))
  // The first migration makes this extension: while another transaction is about to, it waits in its middle.
  await blocker.query('begin; create extension pg_trgm')
  const killed = nest.begin(['migrate', 'up'])
  const waiting = async () => {
    const { rowCount } = await watcher.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rowCount
  }
  await expect.poll(waiting, { timeout: 5000 }).toBe(1)
  await killed.stop('SIGKILL')
  await blocker.query('rollback')

  const server = await nest.start()
  expect(await server.ready()).toBe(200)
  expect(server.output()).toContain('0001_')
  const { output } = await nest.run(['migrate', 'status'])
  expect(output).toMatch(/^(applied \S+\n)+$/)
})
