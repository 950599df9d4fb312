import type { LeadNestError, PublishedForm, SubmissionInput, SubmissionResult } from '@leadnest/sdk'

/** What the widget tells the page, as `leadnest:<name>` events that bubble; the values are their `detail`. */
export interface FormEvents {
  /** The form is drawn and can be filled in. */
  ready: { form: PublishedForm }
  /** A fifth of it came into sight, once. */
  view: { form: PublishedForm }
  /** The visitor began to fill it in, once. */
  start: { form: PublishedForm }
  /** A field was left with a new value, or a consent, by the id of its words. */
  change: { name: string; value: string | boolean }
  /** It was not sent, or not taken, because of these fields. */
  invalid: { errors: { path: string; message: string }[] }
  /** It is about to be sent; `preventDefault()` stops that. */
  submit: Pick<SubmissionInput, 'fields' | 'consents'>
  /** It is stored; a `held` one waits for a person. */
  success: SubmissionResult
  /** It could not be loaded or sent, for another reason than its fields. */
  error: { error: LeadNestError }
}

export type Tell = <Name extends keyof FormEvents>(name: Name, detail: FormEvents[Name]) => boolean

type PageEvents = { [Name in keyof FormEvents as `leadnest:${Name}`]: CustomEvent<FormEvents[Name]> }

declare global {
  interface HTMLElementEventMap extends PageEvents {}
}

/** The answer is false where a listener cancelled. */
export function tellFrom(host: Element): Tell {
  return (name, detail) =>
    host.dispatchEvent(
      new CustomEvent(`leadnest:${name}`, { detail, bubbles: true, composed: true, cancelable: name === 'submit' }),
    )
}
