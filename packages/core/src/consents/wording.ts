import * as v from 'valibot'
import { Id } from '../id.ts'
import { Language } from '../language.ts'

/** By what somebody is written to or called, as in `email` or `sms`. */
export const Channel = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_]{0,49}$/, 'Use small letters, digits and _, as in email or sms.'),
)

/** For what, as in `newsletter`. */
export const Purpose = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_.-]{0,99}$/, 'Use small letters, digits, dots, - and _, as in newsletter.'),
)

export const WordingText = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('Write what people agree to.'),
  v.maxLength(2000, 'At most 2,000 characters.'),
)

/** A box of a form as pages draw it. Its id names these words for ever. */
export const PublishedWording = v.object({
  id: Id,
  channel: v.string(),
  purpose: v.string(),
  text: v.string(),
  required: v.boolean(),
  language: v.string(),
})

/** A box of a form; in the language of the form unless told. */
export const WordingInput = v.strictObject({
  channel: Channel,
  purpose: Purpose,
  text: WordingText,
  language: v.optional(Language),
  required: v.optional(v.boolean(), false),
})

export const WordingInputs = v.pipe(
  v.array(WordingInput),
  v.maxLength(20, 'At most 20 consents.'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const seen = new Set<string>()
    for (const [i, { channel, purpose }] of dataset.value.entries()) {
      const name = `${channel} ${purpose}`
      if (seen.has(name))
        addIssue({
          message: 'Each channel and purpose stands once.',
          path: [
            { type: 'array', origin: 'value', input: dataset.value, key: i, value: dataset.value[i] },
            { type: 'object', origin: 'value', input: { ...dataset.value[i] }, key: 'purpose', value: purpose },
          ],
        })
      seen.add(name)
    }
  }),
)

export type PublishedWording = v.InferOutput<typeof PublishedWording>
export type WordingInput = v.InferOutput<typeof WordingInput>
