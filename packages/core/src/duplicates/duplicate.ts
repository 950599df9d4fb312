import * as v from 'valibot'
import { Id } from '../id.ts'
import { Lead } from '../leads/lead.ts'

/** Why two leads may be one person: an identity that both claim, the same phone, or a similar name at the same company. */
export const DuplicateReason = v.picklist(['externalId', 'email', 'phone', 'name'])

/** Two leads that may be one person, the older one first. */
export const Duplicate = v.object({
  id: Id,
  leads: v.tuple([Lead, Lead]),
  reasons: v.array(DuplicateReason),
  createdAt: v.string(),
})

export type DuplicateReason = v.InferOutput<typeof DuplicateReason>
export type Duplicate = v.InferOutput<typeof Duplicate>
