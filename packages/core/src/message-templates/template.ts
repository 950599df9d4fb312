import * as v from 'valibot'
import { Channel } from '../consents/wording.ts'
import { Id } from '../id.ts'
import { MessageBody } from '../messages/message.ts'

/** What is sent again and again. Its body is Liquid: `Hello {{ firstName | default: "there" }}`. */
export const MessageTemplate = v.object({
  id: Id,
  name: v.string(),
  /** Null is every channel. */
  channel: v.nullable(v.string()),
  subject: v.nullable(v.string()),
  body: v.string(),
  createdAt: v.string(),
  updatedAt: v.string(),
})

const Name = v.pipe(v.string(), v.trim(), v.nonEmpty('Give it a name.'), v.maxLength(100, 'At most 100 characters.'))
const Subject = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('Write a subject.'),
  v.maxLength(500, 'At most 500 characters.'),
)

export const MessageTemplateInput = v.strictObject({
  name: Name,
  channel: v.optional(v.nullable(Channel), null),
  subject: v.optional(v.nullable(Subject), null),
  body: MessageBody,
})

export const MessageTemplatePatch = v.strictObject({
  name: v.optional(Name),
  channel: v.optional(v.nullable(Channel)),
  subject: v.optional(v.nullable(Subject)),
  body: v.optional(MessageBody),
})

export type MessageTemplate = v.InferOutput<typeof MessageTemplate>
export type MessageTemplateInput = v.InferOutput<typeof MessageTemplateInput>
export type MessageTemplatePatch = v.InferOutput<typeof MessageTemplatePatch>
