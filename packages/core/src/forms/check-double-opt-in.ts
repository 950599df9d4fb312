import { invalid } from '../errors.ts'
import type { Form } from './form.ts'

/** Throws `invalid_input` at `doubleOptIn` for a form that asks nothing a link could be sent to. */
export function checkDoubleOptIn({ doubleOptIn, fields }: Pick<Form, 'doubleOptIn' | 'fields'>): void {
  if (doubleOptIn && !fields.some(({ type }) => type === 'email' || type === 'tel'))
    throw invalid('doubleOptIn', 'Ask for an e-mail address or a phone number first: a link is sent there.')
}
