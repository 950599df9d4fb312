import { type Core, endpointsOf, fingerprintOf, LeadNestError } from '@leadnest/core'
import { contract, type Endpoint } from '@leadnest/core/contract'
import type { Context, MiddlewareHandler } from 'hono'
import type { Env } from './env.ts'
import { createLimiter, type Limiter } from './limiter.ts'
import { pathPattern } from './path-pattern.ts'

/** Requests a minute; 0 is no limit. */
export interface RateLimits {
  /** Of one credential, or of one address where none is sent. */
  perMinute: number
  /** Forms sent from one address, where it is no server that sends them. */
  submitPerMinute: number
  /** Of one workspace. */
  importPerMinute: number
  smsPerMinute: number
}

export const noLimits: RateLimits = { perMinute: 0, submitPerMinute: 0, importPerMinute: 0, smsPerMinute: 0 }
export const usualLimits: RateLimits = { perMinute: 200, submitPerMinute: 30, importPerMinute: 10, smsPerMinute: 60 }

/** Access tokens are signed: a wrong one costs no query. */
const looksLikeKey = /^\s*bearer ln_/i
/** Bounds the memory; a key that is forgotten costs its address one guess. */
const maxSeen = 10_000

type Class = NonNullable<Endpoint['limit']>

/** Routes with a limit of their own. */
const classesIn = (endpoints: Record<string, Endpoint>) =>
  Object.entries(endpoints).flatMap(([route, { limit }]) => {
    const [method, path] = route.split(' ') as [string, string]
    return limit ? [{ limit, method, path: pathPattern(path) }] : []
  })

/**
 * `api` counts requests to the contract, `hosted` those to the forms' own pages. Both come after the credential was read,
 * and before it is refused, so that guessing is counted too. What is refused goes no further. `guesses` comes before it is
 * read: to look up a key that this process never saw right costs a query, so an address has no more of them than of requests.
 */
export function rateLimits(core: Core, { perMinute, ...perClass }: RateLimits) {
  const limiter = (name: string, limit: number) => (limit > 0 ? createLimiter(core, { name, limit }) : undefined)
  const limiters = {
    default: limiter('default', perMinute),
    submit: limiter('submit', perClass.submitPerMinute),
    import: limiter('import', perClass.importPerMinute),
    sms: limiter('sms', perClass.smsPerMinute),
  }

  const classes = classesIn({ ...contract, ...endpointsOf(core.plugins) })
  const seen = new Set<string>()

  async function count(c: Context<Env>, name: Class | undefined): Promise<void> {
    const principal = c.get('principal')
    const client = c.get('client')
    // A publishable key stands in the page of every visitor: it is no one's credential.
    const trusted = principal?.kind === 'publishable' ? undefined : principal
    const guessed = c.get('guessed')
    if (guessed && principal) {
      if (seen.size >= maxSeen) seen.clear()
      seen.add(guessed)
    }
    const who = trusted
      ? `${trusted.workspaceId} ${trusted.actor.type} ${trusted.actor.id}`
      : guessed && !principal
        ? undefined // It was counted as a guess.
        : client
    const counts: [Limiter | undefined, string][] = []
    if (who !== undefined) counts.push([limiters.default, who])
    // Strangers of whom no address is known would share one count, and shut each other out.
    if (name === 'submit' && !trusted && client !== undefined) counts.push([limiters.submit, client])
    if (name && name !== 'submit' && principal) counts.push([limiters[name], principal.workspaceId])
    await take(c, counts)
  }

  return {
    guesses: async function limitGuesses(c, next) {
      const header = c.req.header('authorization')
      if (header !== undefined && looksLikeKey.test(header)) {
        const name = fingerprintOf(header).toString('base64')
        const client = c.get('client')
        if (!seen.has(name)) {
          c.set('guessed', name)
          if (client !== undefined) await take(c, [[limiters.default, `guesses of ${client}`]])
        }
      }
      await next()
    } satisfies MiddlewareHandler<Env>,
    api: async function limitApi(c, next) {
      const { method, path } = c.req
      await count(c, classes.find((row) => row.method === method && row.path.test(path))?.limit)
      await next()
    } satisfies MiddlewareHandler<Env>,
    /** Of what only the body tells: beside what its route was counted as. */
    async further(c: Context<Env>, name: Exclude<Class, 'submit'>): Promise<void> {
      await take(c, [[limiters[name], c.get('principal')!.workspaceId]], { append: true })
    },
    hosted: async function limitHosted(c, next) {
      await count(c, c.req.method === 'POST' ? 'submit' : undefined)
      await next()
    } satisfies MiddlewareHandler<Env>,
  }
}

export type Limited = ReturnType<typeof rateLimits>

/** Tells where the caller stands, as draft-ietf-httpapi-ratelimit-headers-10 has it. Throws `rate_limited`. */
async function take(
  c: Context<Env>,
  counts: [Limiter | undefined, string][],
  how: { append?: boolean } = {},
): Promise<void> {
  const policies: string[] = []
  const standings: string[] = []
  for (const [limiter, key] of counts) {
    if (!limiter) continue
    const { allowed, remaining, resetIn } = await limiter.take(key)
    policies.push(`"${limiter.name}";q=${limiter.limit};w=60`)
    standings.push(`"${limiter.name}";r=${remaining};t=${resetIn}`)
    c.header('ratelimit-policy', policies.join(', '), how)
    c.header('ratelimit', standings.join(', '), how)
    if (!allowed)
      throw new LeadNestError(
        'rate_limited',
        `No more than ${limiter.limit} requests a minute are taken here. Try again in ${resetIn} s.`,
        { retryAfter: resetIn },
      )
  }
}
