import { type Core, LeadNestError, runJob } from '@leadnest/core'
import type { Import } from '@leadnest/core/plugin'

type Ending = Pick<Import, 'id' | 'finishedAt' | 'status' | 'error'>

interface Watch<T> {
  /** How the job stands. */
  look: () => Promise<T>
  tell: (now: T) => void
  /** How often is looked, in ms. */
  every?: number
}

/**
 * Runs a job in this process, beside a worker that may run it too, and tells how far it is until it has ended. There is one run at a time, and
 * none is left when this returns.
 */
export async function runHere<T extends Ending>(
  core: Core,
  workspaceId: string,
  begun: T,
  { look, tell, every = 300 }: Watch<T>,
): Promise<T> {
  const stop = new AbortController()
  let running: Promise<void> | undefined
  let failure: unknown
  const run = () =>
    runJob(core, { workspaceId, jobId: begun.id }, { patience: 60_000, signal: stop.signal })
      .catch((error: unknown) => void (failure ??= error))
      .finally(() => (running = undefined))
  try {
    let now = begun
    while (!now.finishedAt) {
      running ??= run()
      await new Promise((done) => setTimeout(done, every))
      if (failure) throw failure
      now = await look()
      tell(now)
    }
    return now
  } finally {
    stop.abort()
    await running
  }
}

/** Throws where a job came to another end than its own. */
export function demandSuccess({ status, error }: Ending): void {
  if (error) throw new LeadNestError('invalid_input', `${error.code}: ${error.detail}`)
  if (status === 'cancelled') throw new LeadNestError('invalid_input', 'It was cancelled. What it has done stays.')
}
