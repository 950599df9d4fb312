import * as v from 'valibot'
import { Clock } from '../accounts/account.ts'
import { FieldKey } from '../fields/field.ts'

const Words = v.pipe(
  v.array(
    v.pipe(
      v.string(),
      v.trim(),
      v.nonEmpty('Write a word.'),
      v.maxLength(40, 'At most 40 characters.'),
      v.transform((word) => word.toUpperCase()),
    ),
  ),
  v.maxLength(50, 'At most 50 words.'),
)
const Text = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('Write something.'),
  v.maxLength(1600, 'At most 1,600 characters.'),
)

/** Nothing leaves from one hour to the other, by the clock on the lead's wall; it may go over midnight. */
const QuietHours = v.pipe(
  v.strictObject({
    from: Clock,
    to: Clock,
    /** A field of leads that holds a time zone of the IANA list; else the region of their phone number decides, then the workspace. */
    timeZoneField: v.optional(v.nullable(FieldKey), null),
  }),
  v.check(({ from, to }) => from !== to, 'They must end at another hour than they begin.'),
)

const entries = {
  quietHours: v.nullable(QuietHours),
  /** How many messages a sender sends in a second, at most; the channel's own limit stays. */
  perSecond: v.nullable(v.pipe(v.number(), v.minValue(0.001, 'At least 0.001.'), v.maxValue(1000, 'At most 1,000.'))),
  /** What becomes of somebody unknown who writes: a lead, or nothing at all. */
  unknownSenders: v.picklist(['lead', 'ignore'], 'Use lead or ignore.'),
  /** Whether a STOP is about the number that it was sent to, or about all of the workspace on this channel. */
  optOutScope: v.picklist(['workspace', 'number'], 'Use workspace or number.'),
  /** Words beside STOP, START and HELP, in any language. */
  keywords: v.strictObject({ stop: Words, start: Words, help: Words }),
  /** What HELP and INFO are answered; null where the provider does. */
  helpText: v.nullable(Text),
  /** What somebody unknown is answered when they first write. */
  autoReply: v.nullable(Text),
  /** Whether links to confirm a double opt-in are sent on this channel. */
  confirmations: v.boolean(),
  /** Their words, with `{{ link }}` in them. */
  confirmationText: v.nullable(
    v.pipe(
      Text,
      v.check((text) => text.includes('{{ link }}'), 'Say where the link stands: {{ link }}.'),
    ),
  ),
}

export const ChannelSettings = v.object({ ...entries, confirmationText: v.nullable(v.string()) })
export const ChannelSettingsPatch = v.strictObject({
  ...v.partial(v.strictObject(entries)).entries,
  keywords: v.optional(v.partial(entries.keywords)),
})

export type ChannelSettings = v.InferOutput<typeof ChannelSettings>
export type ChannelSettingsPatch = v.InferOutput<typeof ChannelSettingsPatch>
