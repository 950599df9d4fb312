import { tokenLifetime } from '../forms/form-token.ts'
import type { Capture } from '../leads/write-captures.ts'

export type Reason = 'no_token' | 'bad_token' | 'token_expired' | 'token_reused' | 'too_fast' | 'trap_filled'

export interface Verdict {
  verdict: 'accepted' | 'held' | 'spam'
  reasons: Reason[]
}

/** Held, never dropped: a person can still find and release it. A trusted server is not judged as a bot. */
export function judge({ person, token, input, form, at }: Capture, spent: boolean): Verdict {
  if (person.trusted) return { verdict: 'accepted', reasons: [] }
  const reasons: Reason[] = []
  if (input.trap) reasons.push('trap_filled')
  if (!input.token) reasons.push('no_token')
  else if (!token) reasons.push('bad_token')
  else if (spent) reasons.push('token_reused')
  else if (at.getTime() - token.issuedAt > tokenLifetime) reasons.push('token_expired')
  else if (at.getTime() - token.issuedAt < form.minFillSeconds * 1000) reasons.push('too_fast')
  const verdict = reasons.includes('trap_filled') ? 'spam' : reasons.length > 0 ? 'held' : 'accepted'
  return { verdict, reasons }
}
