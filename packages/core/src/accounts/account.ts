import * as v from 'valibot'
import { Id } from '../id.ts'

export const Role = v.picklist(['owner', 'admin', 'member', 'viewer'])
export const Scope = v.picklist(['leads:read', 'leads:write', 'forms:read', 'forms:write', 'workspaces:write'])

export const Workspace = v.object({ id: Id, name: v.string(), slug: v.string(), createdAt: v.string() })
export const User = v.object({ id: Id, email: v.string(), name: v.nullable(v.string()) })

export const LoginInput = v.strictObject({
  email: v.pipe(v.string(), v.maxLength(320)),
  password: v.pipe(v.string(), v.maxLength(1000)),
  totp: v.optional(v.string()),
  workspace: v.optional(Id),
})

/** `expiresIn` is in seconds. `refreshToken` is null until refresh is built. */
export const Login = v.object({
  accessToken: v.string(),
  refreshToken: v.nullable(v.string()),
  expiresIn: v.number(),
  tokenType: v.literal('Bearer'),
})

/** Who is asking: a user with a role, or a key with scopes. */
export const Me = v.object({
  user: v.nullable(User),
  workspace: Workspace,
  role: v.nullable(Role),
  scopes: v.array(Scope),
  workspaces: v.array(v.object({ id: Id, name: v.string(), slug: v.string(), role: Role })),
})

export const WorkspaceInput = v.strictObject({
  name: v.pipe(v.string(), v.trim(), v.nonEmpty('Give it a name.'), v.maxLength(100, 'At most 100 characters.')),
})

export type Role = v.InferOutput<typeof Role>
export type Scope = v.InferOutput<typeof Scope>
export type Workspace = v.InferOutput<typeof Workspace>
export type User = v.InferOutput<typeof User>
export type Me = v.InferOutput<typeof Me>
