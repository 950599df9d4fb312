import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { codeOf } from '../postgres/transaction.ts'
import { type Capture, type Outcome, writeCaptures } from './write-captures.ts'

/** Captures that arrive while others are being written share the next transaction: see docs/decisions/004. */
export interface CaptureQueue {
  /** Resolves when the capture is committed. Throws `unavailable` when too many wait or the database is away. */
  add(workspaceId: string, capture: Capture): Promise<Outcome>
}

interface Waiting {
  capture: Capture
  resolve(outcome: Outcome): void
  reject(error: unknown): void
}

/**
 * No timer: what waits while batches are in flight forms the next one, so an idle server adds no latency. A batch is
 * of one workspace. `maxWaiting` bounds the memory under overload.
 */
export function createCaptureQueue(
  core: Core,
  { maxInFlight = 2, maxBatch = 250, maxWaiting = 10_000 } = {},
): CaptureQueue {
  const waiting = new Map<string, Waiting[]>()
  let count = 0
  let inFlight = 0

  function pump() {
    while (inFlight < maxInFlight) {
      const [next] = waiting
      if (!next) return
      const [workspaceId, queue] = next
      // Taken out and put back at the end, so that a busy workspace does not keep the others waiting.
      waiting.delete(workspaceId)
      const batch = queue.splice(0, maxBatch)
      if (queue.length > 0) waiting.set(workspaceId, queue)
      count -= batch.length
      inFlight++
      write(core, workspaceId, batch).finally(() => {
        inFlight--
        pump()
      })
    }
  }

  return {
    add: (workspaceId, capture) =>
      new Promise((resolve, reject) => {
        if (count >= maxWaiting)
          return reject(
            new LeadNestError('unavailable', 'Too much is waiting to be stored. Try again in a moment.', {
              retryAfter: 2,
            }),
          )
        const queue = waiting.get(workspaceId)
        if (queue) queue.push({ capture, resolve, reject })
        else waiting.set(workspaceId, [{ capture, resolve, reject }])
        count++
        pump()
      }),
  }
}

/** Never rejects: a batch that the data of one capture breaks is halved until that one is alone with its error. */
async function write(core: Core, workspaceId: string, batch: Waiting[]): Promise<void> {
  try {
    const outcomes = await writeCaptures(
      core,
      workspaceId,
      batch.map(({ capture }) => capture),
    )
    for (const [i, { resolve }] of batch.entries()) resolve(outcomes[i]!)
  } catch (error) {
    if (batch.length > 1 && /^(2[23]|54)/.test(codeOf(error))) {
      const half = batch.length >> 1
      await write(core, workspaceId, batch.slice(0, half))
      await write(core, workspaceId, batch.slice(half))
    } else {
      for (const { reject } of batch) reject(error)
    }
  }
}
