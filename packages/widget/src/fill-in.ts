import {
  createIdempotencyKey,
  type FormWithToken,
  type LeadNest,
  type LeadNestError,
  type SubmissionInput,
  type SubmissionResult,
} from '@leadnest/sdk'
import { collectAttribution } from './attribution.ts'

const hour = 3_600_000

/** One visitor filling in one form: however often it is sent, it becomes one submission. */
export function createFillIn(leadnest: LeadNest, { slug, token }: FormWithToken) {
  let tokenSince = Date.now()
  // Kept whole while nobody knows whether it arrived: the same key must carry the same content.
  let attempt: { idempotencyKey: string; envelope: Omit<SubmissionInput, 'fields'> } | undefined

  return {
    async send(fields: SubmissionInput['fields'], trap: string, again = true): Promise<SubmissionResult> {
      attempt ??= {
        idempotencyKey: createIdempotencyKey(),
        envelope: { token: token ?? undefined, trap: trap || undefined, attribution: collectAttribution() },
      }
      const { idempotencyKey, envelope } = attempt
      try {
        return await leadnest.forms.submit(slug, { ...envelope, fields }, { idempotencyKey })
      } catch (error) {
        const { code } = error as LeadNestError
        if (!mayHaveArrived(error as LeadNestError)) attempt = undefined
        // The answer to an earlier try was lost and the visitor changed something since: this is a new submission.
        if (code === 'idempotency_mismatch' && again) return this.send(fields, trap, false)
        throw error
      }
    },

    /** A page may lie open for days, longer than a token lives. */
    async renewToken() {
      if (Date.now() - tokenSince < hour) return
      tokenSince = Date.now()
      // Without a fresh one the submission is held, not lost.
      token = await leadnest.forms.get(slug).then(
        (form) => form.token,
        () => token,
      )
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
