import type { GenericSchema } from 'valibot'
import type { Field } from '../forms/form.ts'

/** A type of field for forms, with an element that draws it. */
export interface FormField {
  title: string
  /** The custom element that its script defines, as in `acme-rating`. */
  element: string
  /** A plain script (no module) that defines the element: its text, or the address of a file, as in `new URL('./rating.js', import.meta.url)`. */
  script: string | URL
  /** What a form may say of it (`settings` of the field); nothing unless told. */
  settings?: GenericSchema
  /**
   * Checks what was sent, as text, and returns what is kept; nothing leaves it as it is. It has 2 s. Throws `invalid('', 'What to
   * do.')` to refuse it; where it throws anything else, the text is taken as it came and that is noted with the submission.
   */
  check(value: string, settings: NonNullable<Field['settings']>): Promise<string | undefined> | string | undefined
}
