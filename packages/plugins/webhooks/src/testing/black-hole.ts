import { pino } from 'pino'
import { startWorker } from '../../../../server/src/jobs/worker.ts'
import { openWebhooks } from './open.ts'

/**
 * What others wait for while a receiver never answers: tells both of so many events, with a real worker, and gives how long each took
 * until the healthy one had it, in ms, sorted.
 */
export async function waitBeside(events: number): Promise<{ waits: number[]; tried: number }> {
  const hooks = await openWebhooks({ clock: undefined })
  const only = { types: ['lead.created'] }
  const log = pino({ level: 'silent' })
  const hole = await hooks.receiver('never')
  await hooks.endpoint(hole, only)
  const arrived = new Map<string, number>()
  const healthy = await hooks.receiver()
  healthy.received.push = (...all) => {
    for (const { body } of all) arrived.set(JSON.parse(body).data.event.leadId, performance.now())
    return 0
  }
  await hooks.endpoint(healthy, only)
  const worker = await startWorker(hooks.nest, { databaseUrl: hooks.nest.databaseUrl, log })
  try {
    const made = new Map<string, number>()
    for (let i = 0; i < events; i++) {
      const { json } = await hooks.ask('POST /v1/leads', { email: `somebody${i}@example.com` })
      made.set(json.id, performance.now())
    }
    const deadline = performance.now() + 60_000
    while (arrived.size < events && performance.now() < deadline) await new Promise((done) => setTimeout(done, 50))
    const waits = [...made].map(([id, at]) => Math.max(0, (arrived.get(id) ?? Number.POSITIVE_INFINITY) - at))
    return { waits: waits.sort((a, b) => a - b), tried: hole.received.length }
  } finally {
    // What they hold would be waited for.
    await hole.close()
    await worker.stop()
    await hooks.close()
  }
}

export const p95 = (sorted: number[]) => sorted[Math.floor(sorted.length * 0.95)]!
