import { setTimeout } from 'node:timers/promises'
import { type Core, LeadNestError, runJob } from '@leadnest/core'
import type { Import } from '@leadnest/core/plugin'

type Ending = Pick<Import, 'id' | 'finishedAt' | 'status' | 'error'>

interface Watch<T> {
  /** How the job stands. */
  look: () => Promise<T>
  tell: (now: T) => void
  /** How often is looked, in ms. */
  every?: number
  /** Ends the run, not the job. */
  interrupted?: AbortSignal | undefined
}

/**
 * Runs a job in this process, beside a worker that may run it too, and tells how far it is until it has ended, or rests, or this is
 * interrupted: a worker goes on then, where there is one. There is one run at a time, and none is left when this returns.
 */
export async function runHere<T extends Ending>(
  core: Core,
  workspaceId: string,
  begun: T,
  { look, tell, every = 200, interrupted }: Watch<T>,
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
    while (!now.finishedAt && now.status !== 'paused' && !interrupted?.aborted) {
      running ??= run()
      // An interruption ends the pause, and the loop.
      await setTimeout(every, undefined, { signal: interrupted }).catch(() => undefined)
      if (failure) throw failure
      now = await look()
      tell(now)
    }
    if (now.finishedAt) return now
  } finally {
    stop.abort()
    await running
  }
  return look()
}

/** For what is asked of a job that may have ended in this moment; anything else is thrown. */
export function orEnded(error: unknown): void {
  if (!(error instanceof LeadNestError && error.code === 'job_finished')) throw error
}

/** Throws where a job came to another end than its own. */
export function demandSuccess({ status, error }: Ending): void {
  if (error) throw new LeadNestError('invalid_input', `${error.code}: ${error.detail}`)
  if (status === 'cancelled') throw new LeadNestError('invalid_input', 'It was cancelled. What it has done stays.')
}
