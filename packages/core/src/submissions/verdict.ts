import type { Form } from '../forms/form.ts'
import { tokenLifetime } from '../forms/form-token.ts'
import type { Capture } from '../leads/write-captures.ts'
import { isBotAgent } from '../spam/agent.ts'
import { type Content, judgeContent } from '../spam/content.ts'
import { isProof } from '../spam/proof.ts'
import { judgeRepetition, type Left } from '../spam/repetition.ts'
import type { Client } from '../spam/trace.ts'
import type { SubmissionInput } from './submission.ts'

/** Every rule by which a submission is held; docs/spam.md says what each looks at. */
export const reasons = [
  'no_token',
  'bad_token',
  'token_expired',
  'token_reused',
  'too_fast',
  'trap_filled',
  'no_proof',
  'bad_proof',
  'bot_agent',
  'too_many_links',
  'link_in_name',
  'link_markup',
  'link_disguised',
  'blocked_word',
  'blocked_domain',
  'disposable_email',
  'same_in_fields',
  'gibberish',
  'repeated_text',
  'similar_text',
  'repeated_link',
  'links_at_once',
  'many_from_address',
  'tokens_at_once',
  'many_from_sender',
  'held_by_plugin',
  'marked_as_spam',
  'awaiting_confirmation',
] as const

export type Reason = (typeof reasons)[number]

export interface Verdict {
  verdict: 'accepted' | 'held' | 'spam'
  reasons: Reason[]
}

/** What came, as far as it can be judged by itself. */
type Sent = Pick<Capture, 'token' | 'at'> & {
  input: Pick<SubmissionInput, 'token' | 'trap' | 'proof'>
  form: Pick<Form, 'minFillSeconds' | 'spam'>
  client: Client | undefined
}

/** What speaks against a submission before anybody looks at what else was sent. A proof that is missing or wrong ends it, before costly work. */
export async function judgeAlone(sent: Sent, read: () => Content): Promise<Reason[]> {
  const { form, input, token, client } = sent
  const reasons: Reason[] = [...(input.trap ? (['trap_filled'] as const) : []), ...judgeToken(sent)]
  if (isBotAgent(client?.userAgent)) reasons.push('bot_agent')
  const { proofBits } = form.spam
  if (proofBits > 0 && !input.proof) return [...reasons, 'no_proof']
  if (proofBits > 0 && !(token && isProof(input.token!, input.proof!, proofBits))) return [...reasons, 'bad_proof']
  return [...reasons, ...(await judgeContent(read(), form.spam))]
}

function judgeToken({ form, input, token, at }: Sent): Reason[] {
  if (!input.token) return ['no_token']
  if (!token) return ['bad_token']
  const age = at.getTime() - token.issuedAt
  if (age > tokenLifetime) return ['token_expired']
  return age < form.minFillSeconds * 1000 ? ['too_fast'] : []
}

/**
 * Held, never dropped: a person can still find and release it. A trusted server is not judged as a bot. `spent` says that
 * the token was used before, `before` what others left on the same form.
 */
export function judge({ person, signs, trace, form }: Capture, spent: boolean, before: readonly Left[]): Verdict {
  if (person.trusted) return { verdict: 'accepted', reasons: [] }
  const reasons: Reason[] = spent ? ['token_reused', ...signs] : [...signs]
  if (trace && reasons.length === 0) reasons.push(...judgeRepetition(trace, before))
  // Only what nothing else speaks against waits for the person; the rest waits for somebody of the workspace.
  if (form.doubleOptIn && reasons.length === 0) reasons.push('awaiting_confirmation')
  const verdict = reasons.includes('trap_filled') ? 'spam' : reasons.length > 0 ? 'held' : 'accepted'
  return { verdict, reasons }
}
