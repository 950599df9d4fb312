import * as v from 'valibot'
import { Id } from '../id.ts'
import { FilterText, LeadCount, SearchText } from '../leads/lead.ts'

/** A filter and a search that somebody kept: its leads are those that answer both now. Empty text asks nothing. */
export const Segment = v.object({
  id: Id,
  name: v.string(),
  filter: v.string(),
  q: v.string(),
  createdAt: v.string(),
  updatedAt: v.string(),
  count: v.optional(LeadCount),
})

const Name = v.pipe(v.string(), v.trim(), v.nonEmpty('Give it a name.'), v.maxLength(100, 'At most 100 characters.'))

export const SegmentInput = v.strictObject({
  name: Name,
  filter: v.optional(FilterText, ''),
  q: v.optional(SearchText, ''),
})

export const SegmentPatch = v.strictObject({
  name: v.optional(Name),
  filter: v.optional(FilterText),
  q: v.optional(SearchText),
})

export type Segment = v.InferOutput<typeof Segment>
export type SegmentInput = v.InferOutput<typeof SegmentInput>
export type SegmentPatch = v.InferOutput<typeof SegmentPatch>
