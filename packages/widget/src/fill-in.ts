import {
  createIdempotencyKey,
  type Forms,
  type FormWithToken,
  type LeadNestError,
  type SubmissionInput,
  type SubmissionResult,
} from '@leadnest/sdk'
import { collectAttribution } from './attribution.ts'

const hour = 3_600_000

/** One visitor filling in one form: however often it is sent unchanged, it becomes one submission. */
export function createFillIn(forms: Forms, { slug, token }: FormWithToken) {
  let renewAt = Date.now() + hour
  let renewal: Promise<void> | undefined
  // Kept whole while nobody knows whether it arrived: the same key must carry the same content.
  let attempt: { idempotencyKey: string; envelope: Omit<SubmissionInput, 'fields'> } | undefined

  /** A page may lie open for days, longer than a token lives. */
  function renewToken() {
    if (Date.now() < renewAt) return
    renewAt = Date.now() + hour
    renewal = forms.get(slug).then(
      (form) => {
        token = form.token
      },
      () => {
        // Without a fresh one the submission is held at worst, not lost; the next touch asks again.
        renewAt = 0
      },
    )
  }

  return {
    renewToken,

    /** What was tried may have arrived and used up its token. A change makes a new fill-in of it, with another token. */
    edit() {
      if (attempt) renewAt = 0
      attempt = undefined
      renewToken()
    },

    async send(fields: SubmissionInput['fields'], trap: string): Promise<SubmissionResult> {
      await renewal
      attempt ??= {
        idempotencyKey: createIdempotencyKey(),
        envelope: { token: token ?? undefined, trap: trap || undefined, attribution: collectAttribution() },
      }
      const { idempotencyKey, envelope } = attempt
      try {
        return await forms.submit(slug, { ...envelope, fields }, { idempotencyKey })
      } catch (error) {
        if (!mayHaveArrived(error as LeadNestError)) attempt = undefined
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
