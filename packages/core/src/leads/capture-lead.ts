import { randomBytes } from 'node:crypto'
import { checkGiven } from '../consents/wordings.ts'
import type { Core } from '../core.ts'
import type { Actor, Source } from '../events/event.ts'
import { recentShape } from '../fields/shape.ts'
import { checkFields } from '../forms/check-fields.ts'
import type { FoundForm } from '../forms/find-form.ts'
import type { Form } from '../forms/form.ts'
import { readFormToken } from '../forms/form-token.ts'
import { newId } from '../id.ts'
import { type IdempotencyKey, mismatch, recordId } from '../idempotency/records.ts'
import { beforeCapture } from '../plugins/before-capture.ts'
import { checkOwnFields } from '../plugins/check-own-fields.ts'
import { type Content, readContent } from '../spam/content.ts'
import { type Client, traceOf } from '../spam/trace.ts'
import type { SubmissionInput, SubmissionResult } from '../submissions/submission.ts'
import { judgeAlone } from '../submissions/verdict.ts'
import { personOf } from './person.ts'
import type { Capture, Outcome } from './write-captures.ts'

/** Who sends, and by which door. `trusted`: a server with a secret key or an access token. */
export interface Door {
  actor: Actor
  source: Source
  trusted: boolean
  idempotency?: IdempotencyKey | undefined
  /** What is known of the browser. Its address is hashed before anything is stored. */
  client?: Client | undefined
}

/** Answers that are being made in this process, by workspace and key: the same request again waits for the same answer. */
const inFlight = new WeakMap<Core, Map<string, { fingerprint: Buffer; outcome: Promise<Outcome> }>>()

/**
 * Stores what was sent on a form: the submission always, and the lead where nothing speaks against it (else it is held).
 * Resolves after the commit. Throws `invalid_input` with an issue for each field, `idempotency_mismatch`, `unavailable`.
 */
export async function captureLead(
  core: Core,
  { workspaceId, form }: FoundForm,
  input: SubmissionInput,
  door: Door,
): Promise<{ result: SubmissionResult; replayed: boolean }> {
  const sent = checkFields(form, input.fields)
  const at = core.now()
  const shape = await recentShape(core, workspaceId)
  const consents = await checkGiven(core, workspaceId, form, input.consents, at)
  const token = input.token && !door.trusted ? (readFormToken(core, form.id, input.token) ?? null) : null
  const write = async () => {
    const { attribution = null, test = false } = input
    const own = await checkOwnFields(core, workspaceId, form, sent)
    const draft = { form, fields: own.answers, attribution, test, trusted: door.trusted }
    const seen = await beforeCapture(core, workspaceId, draft)
    const [answers, hooked] = [seen.fields, [...own.hooked, ...seen.hooked]]
    const person = personOf(form, answers, shape, { attribution: input.attribution, at, trusted: door.trusted })
    return core.captures.add(workspaceId, {
      ...(await judged(core, { form, answers, person, input, token, at, client: door.client, hooked })),
      id: newId(at.getTime()),
      salt: randomBytes(16),
      form,
      answers,
      person,
      shape,
      token,
      input,
      consents,
      actor: door.actor,
      source: door.source,
      at,
      idempotency: door.idempotency,
      hooked,
    })
  }
  const outcome = await (door.idempotency ? once(core, workspaceId, door.idempotency, write) : write())
  if (outcome === 'mismatch') throw mismatch()
  return outcome
}

/** What can be said of it before it meets the others. Nobody judges a trusted door, and a test leaves no trace. */
async function judged(
  core: Core,
  {
    form,
    answers,
    person,
    input,
    token,
    at,
    client,
    hooked,
  }: Pick<Capture, 'answers' | 'person' | 'token' | 'at' | 'hooked'> & {
    form: Form
    input: SubmissionInput
    client: Client | undefined
  },
): Promise<Pick<Capture, 'signs' | 'trace'>> {
  if (person.trusted) return { signs: [], trace: null }
  let content: Content | undefined
  const read = () => (content ??= readContent(form.fields, answers))
  const alone = await judgeAlone({ form, input, token, at, client }, read)
  const signs: typeof alone = hooked.some(({ held }) => held) ? [...alone, 'held_by_plugin'] : alone
  const compared = signs.length === 0 && token && form.spam.holdRepeats && !input.test
  return {
    signs,
    trace: compared ? traceOf(core, read(), { person, answers, client, issuedAt: token.issuedAt, at }) : null,
  }
}

async function once(
  core: Core,
  workspaceId: string,
  key: IdempotencyKey,
  write: () => Promise<Outcome>,
): Promise<Outcome> {
  const running = inFlight.get(core) ?? new Map<string, { fingerprint: Buffer; outcome: Promise<Outcome> }>()
  inFlight.set(core, running)
  const id = `${workspaceId}\n${recordId(key)}`
  const other = running.get(id)
  if (other) {
    if (!other.fingerprint.equals(key.fingerprint)) return 'mismatch'
    const outcome = await other.outcome
    return outcome === 'mismatch' ? outcome : { ...outcome, replayed: true }
  }
  const outcome = write()
  running.set(id, { fingerprint: key.fingerprint, outcome })
  try {
    return await outcome
  } finally {
    running.delete(id)
  }
}
