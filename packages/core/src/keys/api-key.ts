import * as v from 'valibot'
import { Scope } from '../accounts/account.ts'
import { Id } from '../id.ts'
import { Time } from '../time.ts'

/** A way in for programs. `hint` are its last characters; `lastUsedAt` is right to the minute. */
export const ApiKey = v.object({
  id: Id,
  kind: v.picklist(['secret', 'publishable']),
  name: v.string(),
  scopes: v.array(Scope),
  origins: v.array(v.string()),
  hint: v.string(),
  createdAt: v.string(),
  expiresAt: v.nullable(v.string()),
  lastUsedAt: v.nullable(v.string()),
  revokedAt: v.nullable(v.string()),
})

const Name = v.pipe(v.string(), v.trim(), v.nonEmpty('Give it a name.'), v.maxLength(100, 'At most 100 characters.'))
const Origins = v.pipe(v.array(v.string()), v.maxLength(100, 'At most 100 origins.'))

/** `origins` are those of the pages that may use a publishable key; without any, every page may. */
export const NewApiKey = v.strictObject({
  kind: v.optional(ApiKey.entries.kind, 'secret'),
  name: Name,
  scopes: v.optional(
    v.array(
      v.pipe(
        Scope,
        v.check(
          (scope) => scope !== 'workspaces:write',
          'A key is of one workspace: an owner signs in to make another.',
        ),
      ),
    ),
    [],
  ),
  origins: v.optional(Origins, []),
  expiresAt: v.nullish(Time, null),
})

export const ApiKeyPatch = v.strictObject({
  name: v.optional(Name),
  origins: v.optional(Origins),
  expiresAt: v.nullish(Time),
})

/** `key` is shown this once. */
export const ShownApiKey = v.object({ ...ApiKey.entries, key: v.string() })

export type ApiKey = v.InferOutput<typeof ApiKey>
export type NewApiKey = v.InferOutput<typeof NewApiKey>
export type ApiKeyPatch = v.InferOutput<typeof ApiKeyPatch>
