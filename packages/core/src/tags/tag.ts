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

export const Tag = v.object({ name: v.string(), leads: v.number(), createdAt: v.string() })

export type Tag = v.InferOutput<typeof Tag>
