import * as v from 'valibot'
import { Channel } from '../consents/wording.ts'

/** How long a link is good for, in ms. */
export const linkLifetime = 72 * 60 * 60_000

/** How long it is remembered what became of a link after its time, in ms. */
export const linkMemory = 90 * 24 * 60 * 60_000

/** `channel` is what the link will be sent through: it proves the address of that channel. By e-mail unless told, else by sms. */
export const ConfirmationLinkInput = v.strictObject({ channel: v.optional(Channel) })

/** `link` is shown this once; it ends the links that were made before. */
export const ConfirmationLink = v.object({ link: v.string(), channel: v.string(), expiresAt: v.string() })

/** How far a link is. `closed`: what was sent waits no more, for it was erased or taken for spam. */
export type LinkState = 'open' | 'confirmed' | 'expired' | 'replaced' | 'closed'

/** What the page of a link shows; who was meant, and nobody else, can tell by it. */
export interface Confirmation {
  state: LinkState
  workspaceName: string
  form: { id: string; name: string; language: string }
  /** With most of it hidden. */
  address: string | null
  /** The words that were agreed to. */
  wordings: string[]
}
