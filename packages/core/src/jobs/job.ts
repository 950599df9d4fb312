import * as v from 'valibot'
import { Limit } from '../endpoint.ts'
import { Actor, type By } from '../events/event.ts'
import { Id } from '../id.ts'

/** For how long a job can be undone, and is kept after its end. */
export const undoDays = 30

/** Work on many leads that goes on after the answer; poll it until `finishedAt` is there. */
export const Job = v.object({
  id: Id,
  kind: v.string(),
  /** Of an import, and of what takes it back, that of its file; null of others. */
  name: v.nullable(v.string()),
  status: v.picklist(['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled']),
  /** `total` is null until it is counted. */
  progress: v.object({ done: v.number(), total: v.nullable(v.number()) }),
  /** What came of it so far. */
  result: v.nullable(v.record(v.string(), v.unknown())),
  /** `row`: the one of an import's file that stopped it. */
  error: v.nullable(v.object({ code: v.string(), detail: v.string(), row: v.optional(v.number()) })),
  actor: Actor,
  /** The job that this one takes back. */
  undoOf: v.nullable(Id),
  /** Null where it cannot be undone: it is no such kind, has not ended, or was undone; of an import, where nothing was left alone. */
  undoUntil: v.nullable(v.string()),
  createdAt: v.string(),
  finishedAt: v.nullable(v.string()),
})

export const JobQuery = v.strictObject({ limit: Limit, cursor: v.optional(v.string()) })

export type Job = v.InferOutput<typeof Job>
export type JobQuery = v.InferOutput<typeof JobQuery>
export type JobStatus = Job['status']

/** A job as its row holds it, for the code that does its work. */
export interface JobRow extends By {
  id: string
  workspaceId: string
  kind: string
  status: JobStatus
  input: object
  checkpoint: object | null
  done: number
  total: number | null
  result: Record<string, number> | null
  undoOf: string | null
  createdAt: string
}

export const byJob = ({ actor, source, id }: JobRow): By => ({ actor, source, jobId: id })
