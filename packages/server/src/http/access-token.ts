import { createHash } from 'node:crypto'
import { type Core, findAppSession, type Principal } from '@leadnest/core'
import { errors, jwtVerify, SignJWT } from 'jose'

/** The sign-in that an access token was made from. */
export interface TokenSession {
  sessionId: string
  userId: string
  workspaceId: string
}

export interface AccessTokens {
  /** `expiresIn` is in seconds. */
  issue(session: TokenSession): Promise<{ accessToken: string; expiresIn: number }>
  /** Undefined for a token that is forged or expired, whose session has ended, or whose user may no longer be here. */
  principalOf(token: string): Promise<Principal | undefined>
}

const issuer = 'leadnest'
const audience = 'leadnest-api'
const typ = 'at+jwt'
/** How far, in seconds, the clock of another server may be behind ours: it takes our tokens all the same. */
const skew = 5

/**
 * JWT access tokens (RFC 9068's shape, RFC 8725's advice): the algorithm is ours, and session, user and role are looked up
 * at each use, so that a token is dead within a second of the end of what it was made from.
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
    async issue({ sessionId, userId, workspaceId }) {
      const now = Math.floor(core.now().getTime() / 1000)
      const expiresIn = ttlMinutes * 60
      const accessToken = await new SignJWT({ workspace: workspaceId, sid: sessionId })
        .setProtectedHeader({ alg: 'HS256', typ, kid: keys[0]!.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setIssuedAt(now)
        .setNotBefore(now - skew)
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
            requiredClaims: ['sub', 'exp', 'nbf', 'iat', 'workspace', 'sid'],
            currentDate: core.now(),
          },
        )
        const { sid, sub, workspace } = payload
        const session = { sessionId: String(sid), userId: String(sub), workspaceId: String(workspace) }
        return await findAppSession(core, session)
      } catch (error) {
        if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined
        throw error
      }
    },
  }
}
