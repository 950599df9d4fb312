import * as v from 'valibot'
import { Channel } from '../consents/wording.ts'
import type { OwnRequests } from '../privacy-requests/own-requests.ts'

/** One thing that the workspace sends, and whether this person wants it. */
export interface Preference {
  channel: string
  purpose: string
  /** What the person agreed to, as it stood; null where no words are known. */
  words: string | null
  on: boolean
  /** Whether the person can turn it on here: the words are known, the link proves the address, and it is not withheld. */
  canTurnOn: boolean
  /** Whether the workspace itself does not want to write to them about it. */
  withheld: boolean
}

/** The page of a person. */
export interface Preferences {
  workspaceName: string
  /** What the link was sent to, with most of it hidden. */
  address: string | null
  preferences: Preference[]
  /** Whether a no to everything stands on each channel that could reach them. */
  unsubscribed: boolean
  /** What they asked for last, of each kind; null where the link does not prove that it is they who ask. */
  requests: OwnRequests | null
}

/** `channel` is what the link will be sent through; by e-mail unless told, else by sms. */
export const PreferenceLinkInput = v.strictObject({ channel: v.optional(Channel) })

/** The link to a lead's own page, and the headers of a mail that carries it. */
export const PreferenceLink = v.object({
  link: v.string(),
  channel: v.string(),
  headers: v.object({ 'List-Unsubscribe': v.string(), 'List-Unsubscribe-Post': v.string() }),
})

export type PreferenceLink = v.InferOutput<typeof PreferenceLink>
