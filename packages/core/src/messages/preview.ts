import * as v from 'valibot'
import { Channel } from '../consents/wording.ts'
import { Id } from '../id.ts'
import { MessageBody } from './message.ts'

export const PreviewInput = v.pipe(
  v.strictObject({
    channel: Channel,
    /** Sent as it is. */
    body: v.optional(MessageBody),
    /** The id of a template. */
    template: v.optional(Id),
    /** Liquid that is no template yet, in the place of one. */
    templateBody: v.optional(MessageBody),
    /** Who it would go to; without one a template is filled in as for somebody of whom nothing is known. */
    leadId: v.optional(Id),
    media: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(50)), 0),
  }),
  v.forward(
    v.partialCheck(
      [['body'], ['template'], ['templateBody']],
      ({ body, template, templateBody }) =>
        [body, template, templateBody].filter((given) => given !== undefined).length === 1,
      'Write a body, a templateBody, or name a template: one of them.',
    ),
    ['body'],
  ),
)

/** What a message would be. */
export const MessagePreview = v.object({
  subject: v.nullable(v.string()),
  body: v.string(),
  segments: v.number(),
  encoding: v.string(),
  characters: v.number(),
  /** How many are left in the last segment. */
  left: v.number(),
  cost: v.nullable(v.object({ amount: v.number(), currency: v.string() })),
  /** Where it would go; null where no lead was named, or it has no such address. */
  address: v.nullable(v.string()),
  /** Whether a no speaks against it. */
  suppressed: v.boolean(),
})

export type PreviewInput = v.InferOutput<typeof PreviewInput>
export type MessagePreview = v.InferOutput<typeof MessagePreview>
