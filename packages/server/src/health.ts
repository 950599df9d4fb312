import { type Core, pendingMigrations } from '@leadnest/core'
import { Hono } from 'hono'
import type { Env } from './http/env.ts'

export interface Health {
  /** Why this process is not ready; empty when it is. */
  problems(): Promise<string[]>
  /** From now on the process is not ready. */
  drain(): void
}

/** `workerAlive` is for a process that runs a worker of its own. */
export function createHealth(core: Core, { workerAlive }: { workerAlive?: () => boolean } = {}): Health {
  let draining = false
  return {
    drain: () => void (draining = true),
    async problems() {
      if (draining) return ['stopping']
      const database = await within(1500, databaseProblem(core))
      return [...database, ...(workerAlive && !workerAlive() ? ['worker'] : [])]
    },
  }
}

async function databaseProblem(core: Core): Promise<string[]> {
  try {
    return (await pendingMigrations(core.pool)).length > 0 ? ['migrations'] : []
  } catch {
    return ['database']
  }
}

/** A database that hangs is as good as none. */
function within(ms: number, answer: Promise<string[]>): Promise<string[]> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms, ['database'])
    answer.then(done).finally(() => clearTimeout(timer))
  })
}

/** `/healthz`: the process runs. `/readyz`: it can do its work. */
export function healthRoutes(health: Health) {
  return new Hono<Env>()
    .get('/healthz', (c) => c.json({ status: 'ok' }))
    .get('/readyz', async (c) => {
      const problems = await health.problems()
      return problems.length === 0
        ? c.json({ status: 'ready' })
        : c.json({ status: 'not ready', problems }, 503, { 'retry-after': '1' })
    })
}
