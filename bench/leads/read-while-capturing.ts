import { type Actor, type Core, captureLead, findForm, listLeads } from '@leadnest/core'
import { type Clock, timesOf } from '../measure.ts'
import { queryOf } from './bench.ts'
import type { Case } from './cases.ts'

export interface Busy {
  reads: Clock
  captures: Clock
  /** Captures that were written. */
  perSecond: number
}

const seconds = 8
const readers = 8
/** So many captures every 10 ms. */
const burst = 3

const actor: Actor = { type: 'system', id: null, name: null }

/** Readers who ask without a pause, while captures come in at a steady rate; ends by itself. */
export async function readWhileCapturing(core: Core, workspaceId: string, cases: Case[]): Promise<Busy> {
  const asked = cases.filter(({ group }) => group !== 'count')
  const form = await findForm(core, 'contact', workspaceId)
  const until = performance.now() + seconds * 1000
  const [reads, captures]: [number[], number[]] = [[], []]

  const timed = async (times: number[], work: () => Promise<unknown>) => {
    const begin = performance.now()
    await work()
    times.push(performance.now() - begin)
  }
  const read = async (_: unknown, reader: number) => {
    for (let turn = reader * 7; performance.now() < until; turn++)
      await timed(reads, () => listLeads(core, workspaceId, queryOf(asked[turn % asked.length]!, turn)))
  }
  const capture = async () => {
    const written: Promise<void>[] = []
    for (let number = 0; performance.now() < until; ) {
      for (let i = 0; i < burst; i++, number++) {
        const fields = { email: `new${number}@example.com`, name: `New ${number}`, message: 'Hello' }
        written.push(
          timed(captures, () => captureLead(core, form, { fields }, { actor, source: 'api', trusted: true })),
        )
      }
      await new Promise((done) => setTimeout(done, 10))
    }
    await Promise.all(written)
  }
  await Promise.all([...Array.from({ length: readers }, read), capture()])
  return { reads: timesOf(reads), captures: timesOf(captures), perSecond: Math.round(captures.length / seconds) }
}
