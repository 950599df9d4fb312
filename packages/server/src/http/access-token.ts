import { createHash } from 'node:crypto'
import { type Core, findMember, type Principal } from '@leadnest/core'
import { errors, jwtVerify, SignJWT } from 'jose'

export interface AccessTokens {
  /** `expiresIn` is in seconds. */
  issue(user: { id: string }, workspaceId: string): Promise<{ accessToken: string; expiresIn: number }>
  /** Undefined for a token that is forged, expired, or whose user may no longer be here. */
  principalOf(token: string): Promise<Principal | undefined>
}

const issuer = 'leadnest'
const audience = 'leadnest-api'
const typ = 'at+jwt'

/**
 * JWT access tokens (RFC 9068's shape, RFC 8725's advice): the algorithm is ours, and the role is looked up at each use.
 * `madeAt` is `iat` in ms, so that a new password ends the tokens of the same second too.
 */
export function createAccessTokens(
  core: Core,
  { jwtSecrets, ttlMinutes }: { jwtSecrets: string[]; ttlMinutes: number },
): AccessTokens {
  const keys = jwtSecrets.map((secret) => ({
    kid: createHash('sha256').update(`kid ${secret}`).digest('hex').slice(0, 12),
    key: new TextEncoder().encode(secret),
  }))

  return {
    async issue(user, workspaceId) {
      const madeAt = core.now().getTime()
      const now = Math.floor(madeAt / 1000)
      const expiresIn = ttlMinutes * 60
      const accessToken = await new SignJWT({ workspace: workspaceId, madeAt })
        .setProtectedHeader({ alg: 'HS256', typ, kid: keys[0]!.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(user.id)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + expiresIn)
        .sign(keys[0]!.key)
      return { accessToken, expiresIn }
    },

    async principalOf(token) {
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const known = keys.find((key) => key.kid === kid)
            if (!known) throw new errors.JWKSNoMatchingKey()
            return known.key
          },
          {
            algorithms: ['HS256'],
            issuer,
            audience,
            typ,
            requiredClaims: ['sub', 'exp', 'nbf', 'iat', 'workspace', 'madeAt'],
            currentDate: core.now(),
          },
        )
        return await findMember(core, String(payload.workspace), String(payload.sub), new Date(Number(payload.madeAt)))
      } catch (error) {
        if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined
        throw error
      }
    },
  }
}
