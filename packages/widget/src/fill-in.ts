import {
  createIdempotencyKey,
  type Forms,
  type FormWithToken,
  type LeadNestError,
  type SubmissionInput,
  type SubmissionResult,
} from '@leadnest/sdk'
import { collectAttribution } from './attribution.ts'
import { findProof } from './proof.ts'

const hour = 3_600_000

/** One visitor filling in one form: however often it is sent unchanged, it becomes one submission. */
export function createFillIn(forms: Forms, { slug, ...form }: FormWithToken, isOpen: () => boolean) {
  let { token, proof: bits } = form
  let renewAt = Date.now() + hour
  let renewal: Promise<void> | undefined
  let work: Promise<string | undefined> | undefined
  let edits = 0
  // Kept whole while nobody knows whether it arrived: the same key must carry the same content.
  let attempt: { idempotencyKey: string; envelope: Omit<SubmissionInput, 'fields' | 'consents'> } | undefined

  /** Begins what takes a while, so that it is done when it is sent. A page may lie open for days, longer than a token lives. */
  function touch() {
    if (Date.now() < renewAt) return prove()
    renewAt = Date.now() + hour
    renewal = forms.get(slug).then(
      (fresh) => {
        ;({ token, proof: bits } = fresh)
        work = undefined
        prove()
      },
      () => {
        // Without a fresh one the submission is held at worst, not lost; the next touch asks again.
        renewAt = 0
      },
    )
  }

  function prove() {
    const mine = token
    if (mine && bits) work ??= findProof(mine, bits, () => mine === token && isOpen())
  }

  /** What was tried may have arrived and used up its token. A change makes a new fill-in of it, with another token. */
  function edit() {
    edits++
    if (attempt) renewAt = 0
    attempt = undefined
    touch()
  }

  return {
    touch,
    edit,

    async send(content: Pick<SubmissionInput, 'fields' | 'consents'>, trap: string): Promise<SubmissionResult> {
      const before = edits
      await renewal
      prove()
      const proof = await work
      attempt ??= {
        idempotencyKey: createIdempotencyKey(),
        envelope: { token: token ?? undefined, proof, trap: trap || undefined, attribution: collectAttribution() },
      }
      const { idempotencyKey, envelope } = attempt
      try {
        return await forms.submit(slug, { ...envelope, ...content }, { idempotencyKey })
      } catch (error) {
        if (!mayHaveArrived(error as LeadNestError)) attempt = undefined
        // What was changed before it left is other content than what may have arrived.
        else if (edits > before) edit()
        throw error
      }
    },
  }
}

export function mayHaveArrived({ status, code }: LeadNestError): boolean {
  return (
    !status ||
    status === 408 ||
    status === 429 ||
    status >= 500 ||
    code === 'network' ||
    code === 'idempotency_in_flight'
  )
}
