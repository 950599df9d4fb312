import * as v from 'valibot'
import { Role } from '../accounts/account.ts'
import { Id } from '../id.ts'

/** An open invite; whoever accepts it is a member, and the invite is gone. */
export const Invite = v.object({
  id: Id,
  email: v.string(),
  role: Role,
  invitedBy: v.nullable(v.string()),
  createdAt: v.string(),
  expiresAt: v.string(),
})

export const NewInvite = v.strictObject({ email: v.pipe(v.string(), v.maxLength(320)), role: Role })

/** `link` is shown this once, and works once within the hour. */
export const ShownInvite = v.object({ ...Invite.entries, link: v.string() })

export type Invite = v.InferOutput<typeof Invite>
export type NewInvite = v.InferOutput<typeof NewInvite>
