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
import { Overtaken, type Tx } from '../postgres/transaction.ts'
import { insertSubmissions, spendFormTokens } from '../submissions/statements.ts'
import type { SubmissionInput, SubmissionResult } from '../submissions/submission.ts'
import { judge, type Verdict } from '../submissions/verdict.ts'
import type { LeadRow, Person } from './person.ts'
import { resolvePeople } from './resolve-people.ts'
import { indexForSearch, insertLeads, lockLeadsByEmail, updateLeads } from './statements.ts'

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
 * Writes a batch of one workspace in one transaction: submissions, leads, events, idempotency records and one job, in
 * three round trips. Every statement takes its rows in the order of their keys. Outcomes are in the order of `captures`.
 */
export async function writeCaptures(core: Core, workspaceId: string, captures: Capture[]): Promise<Outcome[]> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const { unspent, records, known } = await readBefore(core, tx, workspaceId, captures)
    const before = replays(captures, records)
    const fresh = judgeAll(
      captures.filter((capture) => !before.has(capture)),
      unspent,
    )
    await writeAll(core, tx, workspaceId, fresh, known)
    const results = new Map(fresh.map(({ capture, result }) => [capture, result]))
    return captures.map((capture) => before.get(capture) ?? { result: results.get(capture)!, replayed: false })
  })
}

/** What must be known before anything can be judged: tokens that nobody used, answers given before, people we know. */
async function readBefore(core: Core, tx: Tx, workspaceId: string, captures: Capture[]) {
  const now = core.now()
  const nonces = sortedSet(captures.map(({ token }) => token?.nonce))
  const emails = sortedSet(captures.map(({ person }) => person.email))
  const keys = captures.flatMap(({ idempotency }) => idempotency ?? [])
  const [unspent, records, known] = await Promise.all([
    nonces.length > 0
      ? tx.query<{ nonce: string }>(spendFormTokens(workspaceId, nonces, new Date(now.getTime() + tokenLifetime)))
      : [],
    keys.length > 0 ? tx.query<IdempotencyRecord>(readRecords(workspaceId, keys)) : [],
    emails.length > 0 ? tx.query<LeadRow>(lockLeadsByEmail(workspaceId, emails)) : [],
  ])
  const valid = records.filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime())
  return { unspent: new Set(unspent.map(({ nonce }) => nonce)), records: valid, known }
}

const sortedSet = (values: (string | null | undefined)[]) =>
  [...new Set(values.filter((value) => value != null))].sort()

function replays(captures: Capture[], records: IdempotencyRecord[]): Map<Capture, Outcome> {
  const stored = new Map(records.map((record) => [recordId(record), record]))
  const outcomes = new Map<Capture, Outcome>()
  for (const capture of captures) {
    const record = capture.idempotency && stored.get(recordId(capture.idempotency))
    if (!record) continue
    const same = record.fingerprint.equals(capture.idempotency!.fingerprint)
    outcomes.set(capture, same ? { result: JSON.parse(record.body) as SubmissionResult, replayed: true } : 'mismatch')
  }
  return outcomes
}

function judgeAll(captures: Capture[], unspent: Set<string>): Judged[] {
  return captures.map((capture) => {
    // Taken out by the first that brings it, so that the second in the same batch finds it spent.
    const spent = capture.token !== null && !unspent.delete(capture.token.nonce)
    const verdict = judge(capture, spent)
    const status = verdict.verdict === 'accepted' ? 'accepted' : 'held'
    return { capture, verdict, result: { id: capture.id, status, receipt: null } }
  })
}

/** Throws `Overtaken` where another transaction has just used the same key or stored the same person. */
async function writeAll(core: Core, tx: Tx, workspaceId: string, judged: Judged[], known: LeadRow[]): Promise<void> {
  if (judged.length === 0) return
  const now = core.now()
  const people = judged.filter(({ verdict, capture }) => verdict.verdict === 'accepted' && !capture.input.test)
  const { leads, fresh, changed } = resolvePeople(
    people.map(({ capture }) => capture.person),
    known,
    now,
  )
  const leadOf = new Map(people.map(({ capture }, i) => [capture, leads[i]!]))
  const records = judged.flatMap(({ capture: { idempotency }, result }) =>
    idempotency ? [{ ...idempotency, body: JSON.stringify(result) }] : [],
  )
  const events = judged.flatMap(({ capture, verdict }) => eventOf(capture, verdict, leadOf.get(capture)))

  const [claimed, inserted] = await Promise.all([
    records.length > 0
      ? tx.query(claimRecords(workspaceId, records, 201, { now, ttlHours: core.idempotencyTtlHours }))
      : [],
    fresh.length > 0 ? tx.query(insertLeads(workspaceId, fresh, now)) : [],
    changed.length > 0 ? tx.query(updateLeads(workspaceId, changed, now)) : [],
    people.length > 0 ? tx.query(indexForSearch(workspaceId, [...fresh, ...changed])) : [],
    tx.query(insertSubmissions(workspaceId, judged, (capture) => leadOf.get(capture)?.leadId ?? null)),
    recordEvents(tx, workspaceId, events),
  ])
  if (claimed.length < records.length || inserted.length < fresh.length) throw new Overtaken()
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
