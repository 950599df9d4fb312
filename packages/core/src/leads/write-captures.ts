import { insertEntries } from '../consents/entry.ts'
import { consentsIn } from '../consents/from-captures.ts'
import type { Given } from '../consents/wordings.ts'
import type { Core } from '../core.ts'
import { recordDuplicates } from '../duplicates/statements.ts'
import type { Actor, Source } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import type { Shape } from '../fields/shape.ts'
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
import { brokenConstraint, Overtaken, type Tx } from '../postgres/transaction.ts'
import { signReceipt } from '../receipts/sign-receipt.ts'
import { insertSubmissions, spendFormTokens } from '../submissions/statements.ts'
import type { SubmissionInput, SubmissionResult } from '../submissions/submission.ts'
import { judge, type Verdict } from '../submissions/verdict.ts'
import { type Alias, identitiesOf, readAliases } from './aliases.ts'
import type { KnownLead, Person } from './person.ts'
import { resolvePeople } from './resolve-people.ts'
import { giveUp, insertLeads, lockKnown, updateLeads } from './statements.ts'

/** One act of sending a form, checked and ready to be written. */
export interface Capture {
  id: string
  /** For the hash in its receipt. */
  salt: Buffer
  form: Pick<Form, 'id' | 'name' | 'version' | 'minFillSeconds'>
  answers: Answers
  person: Person
  shape: Pick<Shape, 'firstStage'>
  /** Null where none came or it was not ours. A trusted server needs none. */
  token: { nonce: string; issuedAt: number } | null
  input: Pick<SubmissionInput, 'token' | 'trap' | 'attribution' | 'consents' | 'test'>
  /** What the person agreed to, with the words that were shown. */
  consents: Given[]
  actor: Actor
  source: Source
  at: Date
  idempotency: IdempotencyKey | undefined
}

export type Outcome = { result: SubmissionResult; replayed: boolean } | 'mismatch'

export interface Judged {
  capture: Capture
  verdict: Verdict
  result: Omit<SubmissionResult, 'receipt'>
}

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
  const { unspent, records, people } = await readBefore(core, tx, workspaceId, captures)
  const before = replays(captures, records)
  const fresh = judgeAll(
    captures.filter((capture) => !before.has(capture)),
    unspent,
  )
  const results = await writeAll(core, tx, workspaceId, fresh, people)
  return captures.map((capture) => before.get(capture) ?? { result: results.get(capture)!, replayed: false })
}

/** What must be known before anything can be judged: tokens that nobody used, answers given before, people we know. */
async function readBefore(core: Core, tx: Tx, workspaceId: string, captures: Capture[]) {
  const now = core.now()
  const nonces = [...new Set(captures.flatMap(({ token }) => token?.nonce ?? []))].sort()
  const identities = identitiesOf(captures.map(({ person }) => person))
  const askAliases = readAliases(workspaceId, identities)
  const keys = captures.flatMap(({ idempotency }) => idempotency ?? [])
  const [unspent, records, known, aliases] = await Promise.all([
    nonces.length > 0
      ? tx.query<{ nonce: string }>(spendFormTokens(workspaceId, nonces, new Date(now.getTime() + tokenLifetime)))
      : [],
    keys.length > 0 ? tx.query<IdempotencyRecord>(readRecords(workspaceId, keys)) : [],
    askAliases ? tx.query<KnownLead>(lockKnown(workspaceId, identities)) : [],
    askAliases ? tx.query<Alias>(askAliases) : [],
  ])
  const valid = records.filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime())
  return { unspent: new Set(unspent.map(({ nonce }) => nonce)), records: valid, people: { known, aliases } }
}

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
    return { capture, verdict, result: { id: capture.id, status } }
  })
}

/** Returns what is answered. Throws `Overtaken` where another transaction has just used the same key or stored the same person. */
async function writeAll(
  core: Core,
  tx: Tx,
  workspaceId: string,
  judged: Judged[],
  before: { known: KnownLead[]; aliases: Alias[] },
): Promise<Map<Capture, SubmissionResult>> {
  if (judged.length === 0) return new Map()
  const now = core.now()
  const people = judged.filter(({ verdict, capture }) => verdict.verdict === 'accepted' && !capture.input.test)
  const { leads, fresh, changed, conflicts, displaced } = resolvePeople(
    people.map(({ capture }) => capture.person),
    before,
    { at: now, firstStage: judged[0]!.capture.shape.firstStage },
  )
  const leadOf = new Map(people.map(({ capture }, i) => [capture, leads[i]!]))
  const consents = consentsIn(core, workspaceId, leadOf)
  const events = [
    ...judged.flatMap(({ capture, verdict }) => eventOf(capture, verdict, leadOf.get(capture))),
    ...consents.events,
  ]

  const written = Promise.all([
    displaced.length > 0 ? tx.query(giveUp(workspaceId, displaced)) : [],
    fresh.length > 0 ? tx.query(insertLeads(workspaceId, fresh, now)) : [],
    changed.length > 0 ? tx.query(updateLeads(workspaceId, changed, now)) : [],
    conflicts.length > 0 ? recordDuplicates(tx, workspaceId, conflicts, now) : [],
    tx.query(insertSubmissions(workspaceId, judged, (capture) => leadOf.get(capture)?.leadId ?? null)),
    consents.entries.length > 0 ? tx.query(insertEntries(workspaceId, consents.entries)) : [],
    recordEvents(tx, workspaceId, events),
  ])
  // Other threads sign while the database writes. A failure is met below, once nothing is on its way any more: what is
  // sent after the roll-back would land in somebody else's transaction.
  written.catch(() => undefined)
  const results = await signAll(core, judged)
  const records = judged.flatMap(({ capture: { idempotency } }, i) =>
    idempotency ? [{ ...idempotency, body: JSON.stringify(results[i]) }] : [],
  )
  const [[, inserted], claimed] = await Promise.all([
    written,
    records.length > 0
      ? tx.query(claimRecords(workspaceId, records, 201, { now, ttlHours: core.idempotencyTtlHours }))
      : [],
  ])
  if (claimed.length < records.length || inserted.length < fresh.length) throw new Overtaken()
  return new Map(judged.map(({ capture }, i) => [capture, results[i]!]))
}

const signAll = (core: Core, judged: Judged[]): Promise<SubmissionResult[]> =>
  Promise.all(judged.map(async (one) => ({ ...one.result, receipt: await signReceipt(core.keyring.signer, one) })))

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
