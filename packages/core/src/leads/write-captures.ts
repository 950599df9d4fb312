import type { Core } from '../core.ts'
import type { Actor, Source } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import type { Answers } from '../forms/check-fields.ts'
import type { Form } from '../forms/form.ts'
import { tokenLifetime } from '../forms/form-token.ts'
import {
  claimRecords,
  type IdempotencyKey,
  type IdempotencyRecord,
  readRecords,
  recordId,
} from '../idempotency/records.ts'
import type { Tx } from '../postgres/transaction.ts'
import { insertSubmissions, spendFormTokens } from '../submissions/statements.ts'
import type { SubmissionInput, SubmissionResult } from '../submissions/submission.ts'
import { judge, type Verdict } from '../submissions/verdict.ts'
import type { Person } from './person.ts'
import { resolvePeople } from './resolve-people.ts'

/** One act of sending a form, checked and ready to be written. */
export interface Capture {
  id: string
  form: Pick<Form, 'id' | 'name' | 'version' | 'minFillSeconds'>
  answers: Answers
  person: Person
  /** Null where none came or it was not ours. A trusted server needs none. */
  token: { nonce: string; issuedAt: number } | null
  input: Pick<SubmissionInput, 'token' | 'trap' | 'attribution' | 'consents' | 'test'>
  actor: Actor
  source: Source
  at: Date
  idempotency: IdempotencyKey | undefined
}

export type Outcome = { result: SubmissionResult; replayed: boolean } | 'mismatch'

export interface Judged {
  capture: Capture
  verdict: Verdict
  result: SubmissionResult
}

/**
 * Writes a batch of one workspace in one transaction: submissions, leads, events, idempotency records and one job.
 * Every statement takes its rows in the order of their keys. Outcomes are in the order of `captures`.
 */
export async function writeCaptures(core: Core, workspaceId: string, captures: Capture[]): Promise<Outcome[]> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const judged = await judgeAll(core, tx, workspaceId, captures)
    const before = await replays(core, tx, workspaceId, judged)
    const fresh = judged.filter(({ capture }) => !before.has(capture))

    const people = fresh.filter(({ verdict, capture }) => verdict.verdict === 'accepted' && !capture.input.test)
    const resolved =
      people.length > 0
        ? await resolvePeople(
            tx,
            workspaceId,
            people.map(({ capture }) => capture.person),
            core.now(),
          )
        : []
    const leads = new Map(people.map(({ capture }, i) => [capture, resolved[i]!]))

    if (fresh.length > 0)
      await tx.query(insertSubmissions(workspaceId, fresh, (capture) => leads.get(capture)?.leadId ?? null))
    await recordEvents(
      tx,
      workspaceId,
      fresh.flatMap(({ capture, verdict }) => eventOf(capture, verdict, leads.get(capture))),
    )

    return judged.map(({ capture, result }) => before.get(capture) ?? { result, replayed: false })
  })
}

async function judgeAll(core: Core, tx: Tx, workspaceId: string, captures: Capture[]): Promise<Judged[]> {
  const nonces = [...new Set(captures.flatMap(({ token }) => (token ? [token.nonce] : [])))].sort()
  const expiry = new Date(core.now().getTime() + tokenLifetime)
  const unspent = new Set(
    nonces.length > 0
      ? (await tx.query<{ nonce: string }>(spendFormTokens(workspaceId, nonces, expiry))).map(({ nonce }) => nonce)
      : [],
  )
  return captures.map((capture) => {
    // Taken out by the first that brings it, so that the second in the same batch finds it spent.
    const spent = capture.token !== null && !unspent.delete(capture.token.nonce)
    const verdict = judge(capture, spent)
    return {
      capture,
      verdict,
      result: { id: capture.id, status: verdict.verdict === 'accepted' ? 'accepted' : 'held', receipt: null },
    }
  })
}

/** What was answered before to the same keys. The insert waits for another process that is writing the same key. */
async function replays(core: Core, tx: Tx, workspaceId: string, judged: Judged[]): Promise<Map<Capture, Outcome>> {
  const keyed = judged.flatMap(({ capture, result }) =>
    capture.idempotency ? [{ ...capture.idempotency, capture, body: JSON.stringify(result) }] : [],
  )
  if (keyed.length === 0) return new Map()
  keyed.sort((a, b) => (recordId(a) < recordId(b) ? -1 : 1))
  const claimed = new Set(
    (await tx.query<IdempotencyRecord>(claimRecords(workspaceId, keyed, 201, core.now()))).map(recordId),
  )
  const taken = keyed.filter((record) => !claimed.has(recordId(record)))
  if (taken.length === 0) return new Map()
  const stored = new Map(
    (await tx.query<IdempotencyRecord>(readRecords(workspaceId, taken))).map((record) => [recordId(record), record]),
  )
  return new Map(
    taken.map(({ capture, ...key }) => {
      const record = stored.get(recordId(key))
      const same = record?.fingerprint.equals(key.fingerprint)
      return [
        capture,
        same ? { result: JSON.parse(record!.body) as SubmissionResult, replayed: true } : 'mismatch',
      ] as const
    }),
  )
}

function eventOf(
  { id, form, actor, source, at, input }: Capture,
  { verdict, reasons }: Verdict,
  lead?: { leadId: string; created: boolean },
) {
  // A test is stored, marked, and fires nothing.
  if (input.test) return []
  const data = { submissionId: id, formId: form.id, formName: form.name }
  if (verdict !== 'accepted')
    return [
      newEvent({
        type: 'submission.held',
        leadId: null,
        submissionId: id,
        actor,
        source,
        data: { ...data, verdict, reasons },
        at,
      }),
    ]
  return [
    newEvent({
      type: 'lead.captured',
      leadId: lead!.leadId,
      submissionId: id,
      actor,
      source,
      data: { ...data, created: lead!.created },
      at,
    }),
  ]
}
