import * as v from 'valibot'
import { Id } from '../id.ts'

/** Who gets a lead: in turn, who has the fewest open ones, or the first of the list who is there. */
export const Strategy = v.picklist(['round_robin', 'least_busy', 'fixed'])

/** Gives new leads that match `filter` to one of `memberIds`. Rules are tried by `position`, from 1; an empty filter takes all. */
export const AssignmentRule = v.object({
  id: Id,
  name: v.string(),
  enabled: v.boolean(),
  position: v.number(),
  filter: v.string(),
  strategy: Strategy,
  memberIds: v.array(Id),
  createdAt: v.string(),
  updatedAt: v.string(),
})

const Name = v.pipe(v.string(), v.trim(), v.nonEmpty('Give it a name.'), v.maxLength(100, 'At most 100 characters.'))
const FilterText = v.pipe(v.string(), v.trim(), v.maxLength(4000, 'At most 4000 characters.'))
const MemberIds = v.pipe(
  v.array(Id),
  v.minLength(1, 'Name at least one member.'),
  v.maxLength(100, 'At most 100 members.'),
  v.check((ids) => new Set(ids).size === ids.length, 'Each member stands once.'),
)

export const NewAssignmentRule = v.strictObject({
  name: Name,
  enabled: v.optional(v.boolean(), true),
  filter: v.optional(FilterText, ''),
  strategy: Strategy,
  memberIds: MemberIds,
})

/** `position` moves the rule there; the others close up. */
export const AssignmentRulePatch = v.strictObject({
  name: v.optional(Name),
  enabled: v.optional(v.boolean()),
  filter: v.optional(FilterText),
  strategy: v.optional(Strategy),
  memberIds: v.optional(MemberIds),
  position: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1, 'Positions begin with 1.'))),
})

export type AssignmentRule = v.InferOutput<typeof AssignmentRule>
export type NewAssignmentRule = v.InferOutput<typeof NewAssignmentRule>
export type AssignmentRulePatch = v.InferOutput<typeof AssignmentRulePatch>
