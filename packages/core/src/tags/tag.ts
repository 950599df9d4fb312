import * as v from 'valibot'
import { plain } from '../text.ts'

/** A tag is its name: 1 to 50 characters, without a comma. Case counts, so that it stays as it was written. */
export const TagName = v.pipe(
  v.string(),
  v.transform(plain),
  v.nonEmpty('Give the tag a name.'),
  v.maxLength(50, 'At most 50 characters.'),
  v.regex(/^[^,]*$/, 'A tag has no comma.'),
)

const Names = v.optional(v.pipe(v.array(TagName), v.maxLength(50, 'At most 50 tags.')))

/** Tags that a lead gets, and that it loses. */
export const TagChange = v.strictObject({ add: Names, remove: Names })

export const Tag = v.object({ name: v.string(), leads: v.number(), createdAt: v.string() })

export type Tag = v.InferOutput<typeof Tag>
