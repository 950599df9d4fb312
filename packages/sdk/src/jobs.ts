import type { Args, BulkPreview, Job, Result } from './contract.ts'
import { LeadNestError } from './errors.ts'
import { type CallOptions, pause } from './request.ts'
import type { Content } from './upload.ts'
import { type Request, verbOf } from './verbs.ts'

/** How to wait for a job. */
export interface WaitOptions {
  /** Called with the job each time it was asked for. */
  onProgress?: (job: Job) => void
  /** Ends the waiting, not the job. */
  signal?: AbortSignal
}

type BulkInput = Args<'POST /v1/leads/bulk'>['body']

/** A bulk change gives its job, and a dry run what it would be about. */
export interface Bulk {
  (input: BulkInput & { dryRun: true }, call?: CallOptions): Promise<BulkPreview>
  (input: BulkInput & { dryRun?: false }, call?: CallOptions): Promise<Job>
}

export interface Waiting {
  /**
   * Asks for a job until it has ended, ever more seldom, and returns it as it ended: look at its `status`.
   *
   * @example
   * const { status, result } = await leadnest.jobs.wait(id, { onProgress: ({ progress }) => console.log(progress) })
   */
  wait(id: string, options?: WaitOptions): Promise<Job>
}

/** The job of an import that has read its file to the end: `result` says what became of the rows. */
export type Imported = Job & {
  status: 'succeeded'
  result: Record<'created' | 'updated' | 'skipped' | 'failed', number>
}

type Fault = ConstructorParameters<typeof LeadNestError>[1]

/** An import that has begun; awaited, it is what came of it so far. */
export interface Begun extends Promise<Result<'POST /v1/imports'>> {
  /**
   * Waits until it has done its work, and returns its job. Throws what it failed by, or `cancelled`: the `cause` of that error is
   * the job as it ended, with what was done of it.
   */
  done(options?: WaitOptions): Promise<Imported>
}

export interface Importing {
  /**
   * Imports a file, as `upload` sends it: at most 1,000 rows are done with the answer, more are a job.
   *
   * @example
   * const { result } = await leadnest.imports.create(upload(file), { mapping: { Mail: 'email' } }).done({ onProgress })
   */
  create(content: Content, query?: Args<'POST /v1/imports'>['query'], call?: CallOptions): Begun
}

export const importingOf = (request: Request): Importing => ({
  create(...given) {
    const begun = verbOf('imports', '^', request)(...given) as Begun
    begun.done = async (options) => {
      const cause = await waitingOf(request).wait((await begun).id, options)
      const { status, error } = cause
      if (status === 'succeeded') return cause as Imported
      throw new LeadNestError(error?.detail ?? `It was ${status}.`, { code: status, ...error, cause } as Fault)
    }
    return begun
  },
})

export function waitingOf(request: Request): Waiting {
  const get = verbOf('jobs/:id', '=', request)
  return {
    async wait(id, { onProgress, signal } = {}) {
      for (let interval = 250; ; interval = Math.min(interval * 1.5, 5000)) {
        const job = (await get(id, { signal })) as Job
        onProgress?.(job)
        if (job.finishedAt) return job
        await pause(interval, signal)
      }
    },
  }
}
