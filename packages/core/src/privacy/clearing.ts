import * as v from 'valibot'
import { LeadCount } from '../leads/lead.ts'

/** How much there is to erase now, by kind; at least so much where it is not exact. */
export const ClearingPreview = v.object({ spam: LeadCount, held: LeadCount, submissions: LeadCount, leads: LeadCount })

export type ClearingPreview = v.InferOutput<typeof ClearingPreview>
