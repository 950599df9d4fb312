import type { Given } from '../consents/wordings.ts'
import type { Core } from '../core.ts'
import type { Actor, Source } from '../events/event.ts'
import type { Shape } from '../fields/shape.ts'
import type { Answers } from '../forms/check-fields.ts'
import type { Form } from '../forms/form.ts'
import { tokenLifetime } from '../forms/form-token.ts'
import {
  claimRecords,
  type IdempotencyKey,
  type IdempotencyRecord,
  isSameRequest,
  readRecords,
  recordId,
} from '../idempotency/records.ts'
import { brokenConstraint, Overtaken, type Tx } from '../postgres/transaction.ts'
import { signReceipt } from '../receipts/sign-receipt.ts'
import { type Left, lookBack } from '../spam/repetition.ts'
import { insertTraces, leftBy, type PackedTraces, readTraces } from '../spam/statements.ts'
import type { Fresh } from '../spam/trace.ts'
import { insertSubmissions, spendFormTokens } from '../submissions/statements.ts'
import type { Hooked, SubmissionInput, SubmissionResult } from '../submissions/submission.ts'
import { judge, type Reason } from '../submissions/verdict.ts'
import type { Person } from './person.ts'
import { type Judged, readPeople, writeJudged } from './write-judged.ts'

/** One act of sending a form, checked and ready to be written. */
export interface Capture {
  id: string
  /** For the hash in its receipt. */
  salt: Buffer
  form: Pick<Form, 'id' | 'name' | 'version'> & Partial<Pick<Form, 'doubleOptIn'>>
  answers: Answers
  person: Person
  shape: Pick<Shape, 'firstStage'>
  /** Null where none came or it was not ours. A trusted server needs none. */
  token: { nonce: string; issuedAt: number } | null
  /** What speaks against it, before it is compared with others. */
  signs: Reason[]
  /** By what it is compared with others; null where it is not. */
  trace: Fresh | null
  input: Pick<SubmissionInput, 'token' | 'trap' | 'attribution' | 'consents' | 'test'>
  /** What the person agreed to, with the words that were shown. */
  consents: Given[]
  actor: Actor
  source: Source
  at: Date
  idempotency: IdempotencyKey | undefined
  /** What plugins did before. */
  hooked: Hooked[]
}

export type Outcome = { result: SubmissionResult; replayed: boolean } | 'mismatch'

/**
 * Writes a batch of one workspace in one transaction: submissions, leads, events, idempotency records and one job, in
 * three round trips. Every statement takes its rows in the order of their keys. Outcomes are in the order of `captures`.
 */
export async function writeCaptures(core: Core, workspaceId: string, captures: Capture[]): Promise<Outcome[]> {
  return core.inWorkspace(workspaceId, (tx) => overtakenBy(() => writeIn(core, tx, workspaceId, captures)))
}

/** An identity that is taken was stored by somebody else in this moment: now they are known. */
export async function overtakenBy<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw /^leads_/.test(brokenConstraint(error) ?? '') ? new Overtaken(error) : error
  }
}

async function writeIn(core: Core, tx: Tx, workspaceId: string, captures: Capture[]): Promise<Outcome[]> {
  const { unspent, records, people, left } = await readBefore(core, tx, workspaceId, captures)
  const before = replays(captures, records)
  const fresh = judgeAll(
    captures.filter((capture) => !before.has(capture)),
    unspent,
    left,
  )
  const traces = fresh.flatMap(({ capture: { id, form, trace } }) => (trace ? [{ id, formId: form.id, trace }] : []))
  const written = Promise.all([
    writeJudged(core, tx, workspaceId, { judged: fresh, people, store: insertSubmissions }),
    traces.length > 0 && tx.query(insertTraces(workspaceId, traces)),
  ])
  // Other threads sign while the database writes. A failure is met below, once nothing is on its way any more: what is
  // sent after the roll-back would land in somebody else's transaction.
  written.catch(() => undefined)
  const answers = await signAll(core, fresh)
  const kept = fresh.flatMap(({ capture: { id, idempotency } }, i) =>
    idempotency ? [{ ...idempotency, body: JSON.stringify(answers[i]), submissionId: id }] : [],
  )
  const [, claimed] = await Promise.all([
    written,
    kept.length > 0
      ? tx.query(claimRecords(workspaceId, kept, 201, { now: core.now(), ttlHours: core.idempotencyTtlHours }))
      : [],
  ])
  if (claimed.length < kept.length) throw new Overtaken()
  const results = new Map(fresh.map(({ capture }, i) => [capture, answers[i]!]))
  return captures.map((capture) => before.get(capture) ?? { result: results.get(capture)!, replayed: false })
}

/** What must be known before anything can be judged: tokens that nobody used, answers given before, people we know. */
async function readBefore(core: Core, tx: Tx, workspaceId: string, captures: Capture[]) {
  const now = core.now()
  const nonces = [...new Set(captures.flatMap(({ token }) => token?.nonce ?? []))].sort()
  const keys = captures.flatMap(({ idempotency }) => idempotency ?? [])
  // A form is asked about only where something is compared with what was sent on it.
  const forms = [...new Set(captures.flatMap(({ trace, form }) => (trace ? form.id : [])))]
  const [unspent, records, people, traces] = await Promise.all([
    nonces.length > 0
      ? tx.query<{ nonce: string }>(spendFormTokens(workspaceId, nonces, new Date(now.getTime() + tokenLifetime)))
      : [],
    keys.length > 0 ? tx.query<IdempotencyRecord>(readRecords(workspaceId, keys)) : [],
    readPeople(
      tx,
      workspaceId,
      captures.map(({ person }) => person),
    ),
    forms.length > 0 ? tx.query<PackedTraces>(readTraces(workspaceId, forms, now)) : [],
  ])
  const valid = records.filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime())
  return { unspent: new Set(unspent.map(({ nonce }) => nonce)), records: valid, people, left: leftBy(traces) }
}

function replays(captures: Capture[], records: IdempotencyRecord[]): Map<Capture, Outcome> {
  const stored = new Map(records.map((record) => [recordId(record), record]))
  const outcomes = new Map<Capture, Outcome>()
  for (const capture of captures) {
    const record = capture.idempotency && stored.get(recordId(capture.idempotency))
    if (!record) continue
    const same = isSameRequest(record.fingerprint, capture.idempotency!)
    outcomes.set(capture, same ? { result: JSON.parse(record.body) as SubmissionResult, replayed: true } : 'mismatch')
  }
  return outcomes
}

function judgeAll(captures: Capture[], unspent: Set<string>, left: Map<string, Left[]>): Judged[] {
  return captures.map((capture) => {
    // Taken out by the first that brings it, so that the second in the same batch finds it spent.
    const spent = capture.token !== null && !unspent.delete(capture.token.nonce)
    const before = left.get(capture.form.id) ?? []
    const verdict = judge(capture, spent, before)
    if (spent) capture.trace = null
    // Of a batch, each is compared with those before it too.
    if (capture.trace) left.set(capture.form.id, [capture.trace, ...before.slice(0, lookBack - 1)])
    const status = verdict.verdict === 'accepted' ? 'accepted' : 'held'
    return { capture, verdict, result: { id: capture.id, status } }
  })
}

const signAll = (core: Core, judged: Judged[]): Promise<SubmissionResult[]> =>
  Promise.all(judged.map(async (one) => ({ ...one.result, receipt: await signReceipt(core.keyring.signer, one) })))
