import type { Scope } from '../accounts/account.ts'
import type { Core } from '../core.ts'
import type { Sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { JobRow } from './job.ts'

/** What a batch came to. */
export interface Step {
  /** Where the next one begins; null where all is done. */
  checkpoint: object | null
  done: number
  total: number | null
  result: Record<string, number>
}

/** What a job changed on a lead; `position` is its place among the job's changes. */
export interface Change {
  position: number
  leadId: string
  before: object
  after: object
}

/** What whoever changes a job has to have; with `admins` users are admins or owners, too. */
export interface Needs {
  scope: Scope
  admins?: true
}

/** A kind of job that is done batch by batch. */
export interface Kind {
  /**
   * Does the next batch, of about `size` leads, in the transaction that stores its checkpoint: what it writes by other
   * ways may be written twice. Each statement has 5 s. A `LeadNestError` ends the job; all else is tried again.
   */
  step(core: Core, tx: Tx, job: JobRow, size: number, ahead?: unknown): Promise<Step>
  /** What is done before that transaction, as asking a plugin: what it returns is handed to `step`. It may be done twice. */
  ahead?(core: Core, job: JobRow): Promise<unknown>
  needs?: Needs
  /** It runs code of plugins: workers for plugins run it. */
  byPlugins?: true
  /**
   * Takes back what still is as the job left it. Locks the leads with `lock`; those that it does not find are not
   * in `seen`, and their changes are tried again, then given up.
   */
  restore?(core: Core, tx: Tx, job: JobRow, undone: Undone): Promise<Restored>
  /** Changes that hang on each other are taken back one at a time. */
  oneByOne?: true
}

/** Whether there is more to do; `held` where somebody else has it. */
export type Outcome = 'more' | 'over' | 'held'

/** How long a run may go on, by `performance.now()`, and what ends it before. */
export interface Turn {
  until: number
  signal: AbortSignal | undefined
}

/** A kind of job that sees to its own transactions, and to its own end. What it throws is handled as of a `Kind`. */
export interface Runner {
  run(core: Core, job: JobRow, turn: Turn): Promise<Outcome>
  /** For how many ms a run may go on before others are let go first. */
  patience: number
  /** Whether it can be paused. */
  pauses?: true
  needs?: Needs
  /** The kind of job that takes it back. */
  undoneBy?: string
}

/** The job that is undone, and some of its changes, the last first. */
export interface Undone {
  kind: string
  input: object
  changes: Change[]
  lock: Sql
}

/** Ids of leads. */
export interface Restored {
  seen: string[]
  restored: string[]
}
