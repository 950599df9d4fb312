import * as v from 'valibot'
import { Actor } from '../events/event.ts'
import { Id } from '../id.ts'

/** What somebody wrote down about a lead, in Markdown. */
export const Note = v.object({
  id: Id,
  leadId: Id,
  author: Actor,
  body: v.string(),
  createdAt: v.string(),
  editedAt: v.nullable(v.string()),
})

export const NoteInput = v.strictObject({
  body: v.pipe(v.string(), v.trim(), v.nonEmpty('Write something.'), v.maxLength(20_000, 'At most 20,000 characters.')),
})

export type Note = v.InferOutput<typeof Note>
export type NoteInput = v.InferOutput<typeof NoteInput>
