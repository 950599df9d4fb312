import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestNest, testNest } from '../testing.ts'
import { type Sql, sql } from './sql.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest()
})
afterAll(() => nest.close())

test('a relaxed transaction sends one statement in a turn of the loop, in their order', async () => {
  let turn = 0
  let isDone = false
  const sent: [turn: number, place: number][] = []
  const count = async () => {
    for (; !isDone; turn++) await turnOfLoop()
  }
  const statement = (place: number): Sql =>
    Object.create(sql`select ${place}::integer`, {
      values: {
        get() {
          sent.push([turn, place])
          return [place]
        },
      },
    })
  const counted = count()
  await nest.patiently(nest.workspaceId, (tx) => Promise.all([1, 2, 3, 4].map((place) => tx.query(statement(place)))), {
    relaxed: true,
  })
  isDone = true
  await counted
  expect(sent.map(([, place]) => place)).toEqual([1, 2, 3, 4])
  expect(new Set(sent.map(([turn]) => turn)).size).toBe(4)
})

test('what a relaxed transaction has not sent when it fails is not sent any more', async () => {
  let late: Promise<unknown> | undefined
  const failing = nest.patiently(
    nest.workspaceId,
    (tx) => {
      late = tx.query(sql`select graphile_worker.add_job('nobody', job_key := 'of a failure')`)
      return Promise.all([late, Promise.reject(new Error('No.'))])
    },
    { relaxed: true },
  )
  await expect(failing).rejects.toThrow('No.')
  await Promise.allSettled([late])
  const left = await nest.outside((tx) =>
    tx.query(sql`select key from graphile_worker.jobs where key = 'of a failure'`),
  )
  expect(left).toEqual([])
})
