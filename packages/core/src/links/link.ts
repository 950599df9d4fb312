/** A link that lets somebody in, or does something in their name: whoever has it can use it. Never write it into an event or a log. */
export interface Link {
  /** `invite`: into a workspace. `password_reset`: a new password. */
  kind: 'invite' | 'password_reset'
  /** The e-mail address that it is for. */
  to: string
  url: string
  /** It is good until then, once. */
  expiresAt: string
  /** The name of the workspace. */
  workspace: string
}
