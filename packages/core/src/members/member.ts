import * as v from 'valibot'
import { Hours, Role, User } from '../accounts/account.ts'
import { sql } from '../postgres/sql.ts'
import { Time } from '../time.ts'

/** Somebody who works in the workspace; `id` is the user's. `workingHours` null are the opening hours of the workspace. */
export const Member = v.object({
  ...User.entries,
  role: Role,
  absentFrom: v.nullable(v.string()),
  absentUntil: v.nullable(v.string()),
  workingHours: v.nullable(v.array(Hours)),
})

export const NewMember = v.strictObject({ email: v.pipe(v.string(), v.maxLength(320)), role: Role })

export const MemberPatch = v.strictObject({
  role: v.optional(Role),
  absentFrom: v.nullish(Time),
  absentUntil: v.nullish(Time),
  workingHours: v.nullish(
    v.pipe(
      v.array(Hours),
      v.minLength(1, 'Send null for the opening hours of the workspace.'),
      v.maxLength(50, 'At most 50 stretches.'),
    ),
  ),
})

export type Member = v.InferOutput<typeof Member>
export type NewMember = v.InferOutput<typeof NewMember>
export type MemberPatch = v.InferOutput<typeof MemberPatch>

/** Of `memberships m join users u`. */
export const memberColumns = sql`u.id, u.email, u.name, m.role, m.absent_from, m.absent_until, m.working_hours`

/** From its beginning, or at once, until its end, or until it is cleared. */
export function isAbsent({ absentFrom, absentUntil }: Pick<Member, 'absentFrom' | 'absentUntil'>, at: Date): boolean {
  if (absentFrom === null && absentUntil === null) return false
  return (
    (absentFrom === null || Date.parse(absentFrom) <= at.getTime()) &&
    (absentUntil === null || at.getTime() < Date.parse(absentUntil))
  )
}
