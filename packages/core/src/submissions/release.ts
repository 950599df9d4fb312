import type { GivenWording } from '../consents/entry.ts'
import { findWordings, type Given, type Wording } from '../consents/wordings.ts'
import type { Core } from '../core.ts'
import { notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { readShape } from '../fields/shape.ts'
import { readForm } from '../forms/find-form.ts'
import { personOf } from '../leads/person.ts'
import { type Capture, overtakenBy } from '../leads/write-captures.ts'
import { readPeople, writeJudged } from '../leads/write-judged.ts'
import type { Tx } from '../postgres/transaction.ts'
import { readSubmissions } from './list-submissions.ts'
import { acceptSubmissions, lockSubmissions, type StoredSubmission } from './statements.ts'
import type { Submission, SubmissionInput } from './submission.ts'
import { unknownIds } from './unknown-ids.ts'

/**
 * Lets a submission that was held, or taken for spam, through: what would have come of it when it arrived comes of it now,
 * with its own time and attribution. One that has been let through, by whomever, stays as it is. Throws `not_found`.
 */
export async function releaseSubmission(core: Core, workspaceId: string, id: string, by: By): Promise<Submission> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const [submission] = await overtakenBy(() => releaseIn(core, tx, workspaceId, [id], by))
    if (!submission) throw notFound('submission')
    return submission
  })
}

/** The same for many, all or none. Throws `unknown_reference` at `ids.<n>`. */
export async function releaseSubmissions(
  core: Core,
  workspaceId: string,
  ids: string[],
  by: By,
): Promise<Submission[]> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const submissions = await overtakenBy(() => releaseIn(core, tx, workspaceId, ids, by))
    unknownIds(ids, submissions)
    return submissions
  })
}

interface Way {
  /** What tells of it. */
  event?: 'submission.released' | 'submission.confirmed'
  /** Whether what was agreed to is written down as it came. */
  consents?: boolean
}

/** In a transaction of somebody else's change. Those that are not there are left out of what it returns. */
export async function releaseIn(
  core: Core,
  tx: Tx,
  workspaceId: string,
  ids: string[],
  by: By,
  { event = 'submission.released', consents = true }: Way = {},
): Promise<Submission[]> {
  const waiting = (await lockSubmissions(tx, workspaceId, ids)).filter(({ verdict }) => verdict !== 'accepted')
  if (waiting.length > 0) {
    const at = core.now()
    const captures = (await capturesOf(tx, workspaceId, waiting)).map((capture) =>
      consents ? capture : { ...capture, consents: [] },
    )
    const people = await readPeople(
      tx,
      workspaceId,
      captures.map(({ person }) => person),
    )
    const leadOf = await writeJudged(core, tx, workspaceId, {
      judged: captures.map((capture) => ({
        capture,
        verdict: { verdict: 'accepted', reasons: [] },
        result: { id: capture.id, status: 'accepted' },
      })),
      people,
      store: (...judged) => acceptSubmissions(...judged, { by, at }),
    })
    const released = captures.map((capture) =>
      newEvent({
        type: event,
        leadId: leadOf.get(capture)?.leadId ?? null,
        submissionId: capture.id,
        ...by,
        data: { submissionId: capture.id, formId: capture.form.id, formName: capture.form.name },
        at,
      }),
    )
    await recordEvents(tx, workspaceId, released)
  }
  return readSubmissions(tx, workspaceId, ids)
}

/** As they came in: with their own time, but read by the form and the fields as they are now. */
export async function capturesOf(tx: Tx, workspaceId: string, stored: StoredSubmission[]): Promise<Capture[]> {
  const shape = await readShape(tx, workspaceId)
  const formIds = [...new Set(stored.map(({ formId }) => formId))]
  const forms = new Map(
    await Promise.all(formIds.map(async (id) => [id, (await readForm(tx, workspaceId, id))!] as const)),
  )
  const named = stored.flatMap(({ consents }) => (consents ?? []).map(({ wordingId }) => wordingId.toLowerCase()))
  const wordings = await findWordings(tx, workspaceId, [...new Set(named)])
  return stored.map((submission): Capture => {
    const { id, formId, formVersion, fields, attribution, consents, test, actor, source, createdAt } = submission
    const form = forms.get(formId)!
    const at = new Date(createdAt)
    const act = { attribution: attribution ?? undefined, at, trusted: false }
    return {
      id,
      form: { id: formId, name: form.name, version: formVersion },
      answers: fields,
      person: personOf(form, fields, shape, act),
      shape,
      token: null,
      signs: [],
      trace: null,
      salt: submission.receiptSalt ?? Buffer.alloc(0),
      input: { attribution: act.attribution, test },
      consents: givenIn(wordings, consents ?? []),
      actor,
      source,
      at,
      idempotency: undefined,
      hooked: [],
    }
  })
}

/** What was agreed to, in the words that were shown then. */
function givenIn(wordings: Map<string, Wording>, consents: NonNullable<SubmissionInput['consents']>): Given[] {
  const given = consents.flatMap(({ channel, purpose, wordingId }) => {
    const wording = wordings.get(wordingId.toLowerCase())
    const one: Given | undefined = wording && { channel, purpose, wording: wordsOf(wording), step: 'single' }
    return one ? [[`${channel} ${purpose}`, one] as const] : []
  })
  return [...new Map(given).values()]
}

const wordsOf = ({ id, text, hash, language }: Wording): GivenWording => ({ id, text, hash, language })
