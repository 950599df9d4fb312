import * as v from 'valibot'
import { Id } from '../id.ts'

const Password = v.pipe(v.string(), v.maxLength(1000, 'At most 1,000 characters.'))
const Code = v.pipe(v.string(), v.nonEmpty('Enter a code.'), v.maxLength(100))

export const PersonName = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(100, 'At most 100 characters.'),
  v.transform((name) => name || null),
)
export const OwnAccountPatch = v.strictObject({ name: v.nullable(PersonName) })
export const PasswordChange = v.strictObject({ current: Password, password: Password })

/** `userAgent` is what the browser or the app called itself. */
export const OwnSession = v.object({
  id: Id,
  kind: v.picklist(['browser', 'app']),
  workspaceId: Id,
  userAgent: v.nullable(v.string()),
  createdAt: v.string(),
  lastUsedAt: v.nullable(v.string()),
  expiresAt: v.string(),
})

export const Totp = v.object({ enabled: v.boolean(), recoveryCodesLeft: v.number() })
export const TotpBeginning = v.strictObject({ password: Password })
/** `uri` is what the QR code of authenticator apps holds. */
export const TotpSecret = v.object({ secret: v.string(), uri: v.string() })
export const TotpConfirmation = v.strictObject({ code: Code })
export const RecoveryCodes = v.object({ recoveryCodes: v.array(v.string()) })
export const TotpEnd = v.strictObject({ password: Password, code: Code })

export type OwnSession = v.InferOutput<typeof OwnSession>
