import type { Core } from '../core.ts'
import { isId, newId } from '../id.ts'

/** How long a token is good for, in ms. A page that is open longer fetches a fresh one. */
export const tokenLifetime = 24 * 60 * 60 * 1000

/** A single-use token that says when a form was handed out, so that a submission can be told from a bot's. */
export function issueFormToken(core: Core, formId: string): string {
  const now = core.now().getTime()
  const payload = `${newId(now)}.${now.toString(36)}`
  return `${payload}.${core.keyring.sign('form token', `${formId} ${payload}`)}`
}

/** Undefined when the token was not made by us for this form. */
export function readFormToken(
  core: Core,
  formId: string,
  token: string,
): { nonce: string; issuedAt: number } | undefined {
  const [nonce = '', time = '', signature = '', ...rest] = token.split('.')
  if (rest.length > 0 || !isId(nonce) || !core.keyring.verify('form token', `${formId} ${nonce}.${time}`, signature))
    return undefined
  return { nonce, issuedAt: Number.parseInt(time, 36) }
}
