import * as v from 'valibot'
import { Id } from '../id.ts'
import { isCountry } from '../leads/phone.ts'

export const Role = v.picklist(['owner', 'admin', 'member', 'viewer'])
export const Scope = v.picklist([
  'leads:read',
  'leads:write',
  'forms:read',
  'forms:write',
  'settings:read',
  'settings:write',
  'members:read',
  'members:write',
  'keys:read',
  'keys:write',
  'privacy:read',
  'privacy:write',
  'workspaces:write',
])

export const Workspace = v.object({ id: Id, name: v.string(), slug: v.string(), createdAt: v.string() })
export const User = v.object({ id: Id, email: v.string(), name: v.nullable(v.string()) })

export const LoginInput = v.strictObject({
  email: v.pipe(v.string(), v.maxLength(320)),
  password: v.pipe(v.string(), v.maxLength(1000)),
  totp: v.optional(v.pipe(v.string(), v.maxLength(100))),
  workspace: v.optional(Id),
})

export const RefreshInput = v.strictObject({ refreshToken: v.pipe(v.string(), v.maxLength(200)) })

/** `expiresIn` is in seconds. The refresh token is good for one refresh, which gives the next. */
export const Login = v.object({
  accessToken: v.string(),
  refreshToken: v.string(),
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

const WorkspaceName = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('Give it a name.'),
  v.maxLength(100, 'At most 100 characters.'),
)

export const WorkspaceInput = v.strictObject({ name: WorkspaceName })

export const Clock = v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'Write hours like 09:00.'))

/** A stretch of each of these days; `days` are ISO 8601's, 1 is Monday. */
export const Hours = v.pipe(
  v.strictObject({
    days: v.pipe(
      v.array(v.pipe(v.number(), v.integer(), v.minValue(1, 'From 1 (Monday) to 7.'), v.maxValue(7, 'From 1 to 7.'))),
      v.minLength(1, 'Name at least one day.'),
      v.maxLength(7, 'At most 7 days.'),
    ),
    from: Clock,
    to: Clock,
  }),
  v.check(({ from, to }) => from < to, 'It must end after it begins; write a night as two stretches.'),
)

export const TimeZone = v.pipe(
  v.string(),
  v.check((name) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
    } catch {
      return false
    }
  }, 'Write a time zone of the IANA list, like Europe/Berlin.'),
)

const PrivacyRule = v.picklist(['confirm', 'automatic'], 'Use confirm or automatic.')

/**
 * What a workspace's numbers and hours are read by. `country` is that of phone numbers without a country code (ISO
 * 3166-1, two letters); without one such numbers are kept as they were written. `openingHours` null is always open.
 */
export const WorkspaceSettings = v.object({
  ...Workspace.entries,
  country: v.nullable(v.string()),
  timeZone: v.string(),
  openingHours: v.nullable(v.array(Hours)),
  /** Whether somebody confirms what people ask for on their own page, or it happens by itself. */
  privacyRequests: PrivacyRule,
})

export const WorkspaceSettingsPatch = v.strictObject({
  name: v.optional(WorkspaceName),
  country: v.nullish(
    v.pipe(v.string(), v.trim(), v.toUpperCase(), v.check(isCountry, 'Write a country of ISO 3166-1, like DE.')),
  ),
  timeZone: v.optional(TimeZone),
  openingHours: v.nullish(
    v.pipe(v.array(Hours), v.minLength(1, 'Send null for always open.'), v.maxLength(50, 'At most 50 stretches.')),
  ),
  privacyRequests: v.optional(PrivacyRule),
})

export type Hours = v.InferOutput<typeof Hours>
export type WorkspaceSettings = v.InferOutput<typeof WorkspaceSettings>
export type WorkspaceSettingsPatch = v.InferOutput<typeof WorkspaceSettingsPatch>
export type Role = v.InferOutput<typeof Role>
export type Scope = v.InferOutput<typeof Scope>
export type Workspace = v.InferOutput<typeof Workspace>
export type User = v.InferOutput<typeof User>
export type Me = v.InferOutput<typeof Me>
