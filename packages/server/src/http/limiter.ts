import type { Core } from '@leadnest/core'
import { RateLimiterPostgres } from 'rate-limiter-flexible'

export interface Limiter {
  name: string
  /** How many requests a minute. */
  limit: number
  /** Counts a request of this key, and says whether it may go on. */
  take(key: string): Promise<Standing>
}

export interface Standing {
  allowed: boolean
  remaining: number
  /** Seconds until all of it is there again. */
  resetIn: number
}

/** What this process knows of a key, until its minute is over. */
interface Use {
  /** Requests that it may let through without asking. */
  lease: number
  /** Of those, what the shared count has not been told of. */
  untold: number
  /** What the shared count has left for all processes. */
  left: number
  until: number
  asking: Promise<void> | undefined
  waiting: number
}

const minute = 60_000
/** How much of a limit a process takes at a time: the most that two of them can be off by. */
const share = 0.05
/** How long a request waits for the shared count, and for how long nobody asks it after it did not answer (ms). */
const patience = 1000
const rest = 2000
/** Bounds the memory against callers with many addresses. */
const maxKeys = 50_000

/**
 * Counts in memory, and shares the count with the other processes through Postgres. The first 5 % of a key's minute are
 * let through without a question, so that whoever comes rarely costs no query; every further 5 % are taken from the shared
 * count at once, so that all processes together never let through more than the limit and the first 5 % of each further
 * one. Where Postgres does not answer, the process counts alone.
 */
export function createLimiter(core: Core, { name, limit }: { name: string; limit: number }): Limiter {
  const uses = new Map<string, Use>()
  const step = Math.max(1, Math.floor(limit * share))
  const shared = new RateLimiterPostgres({
    storeClient: core.pool,
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
    // The job forget_expired does.
    clearExpiredByTimeout: false,
    keyPrefix: '',
    points: limit,
    duration: minute / 1000,
  })
  let restingUntil = 0

  function useOf(key: string): Use {
    const known = uses.get(key)
    const now = Date.now()
    if (known && known.until > now) return known
    uses.delete(key)
    // The oldest stands first.
    if (uses.size >= maxKeys) uses.delete(uses.keys().next().value!)
    const use = {
      lease: step,
      untold: step,
      left: limit - step,
      until: now + minute,
      asking: undefined,
      waiting: 0,
    }
    uses.set(key, use)
    return use
  }

  async function ask(key: string, use: Use): Promise<void> {
    const wanted = Math.min(use.left, Math.max(step, use.waiting))
    const now = Date.now()
    try {
      if (now < restingUntil) throw new Error('resting')
      const counted = await within(
        patience,
        shared.penalty(core.keyring.sign('rate limits', `${name} ${key}`), use.untold + wanted, {
          customDuration: Math.max(1, use.until - now) / 1000,
        }),
      )
      const leftBefore = limit - (counted.consumedPoints - wanted)
      use.lease = Math.max(0, Math.min(wanted, leftBefore))
      use.left = Math.max(0, limit - counted.consumedPoints)
      use.untold = 0
      use.until = Date.now() + counted.msBeforeNext
    } catch (error) {
      if (now >= restingUntil) {
        restingUntil = now + rest
        core.log.warn({ err: error }, 'limits are counted by this process alone until the database answers')
      }
      use.lease = use.left
      use.left = 0
    }
  }

  return {
    name,
    limit,
    async take(key) {
      for (;;) {
        const use = useOf(key)
        const allowed = use.lease > 0
        if (allowed || use.left === 0) {
          if (allowed) use.lease--
          const resetIn = Math.max(1, Math.ceil((use.until - Date.now()) / 1000))
          return { allowed, remaining: use.lease + use.left, resetIn }
        }
        use.waiting++
        use.asking ??= ask(key, use).finally(() => {
          use.asking = undefined
          use.waiting = 0
        })
        await use.asking
      }
    },
  }
}

function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`no answer in ${ms} ms`)), ms)
    answer.then(done, fail).finally(() => clearTimeout(timer))
  })
}
