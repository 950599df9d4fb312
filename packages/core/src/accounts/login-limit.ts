import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { sql } from '../postgres/sql.ts'
import { address } from './check-password.ts'

const quarterOfAnHour = 15 * 60_000

/**
 * Tries to sign somebody in, unless this account or this network address failed too often in the last quarter of an hour
 * (`loginFailures` of the core, 0 for no limit). Every try takes its place before the password is looked at, so that
 * many at once are no way around; one that does not fail gives it back. Unknown accounts are counted as known ones are; an
 * address that nobody knows is not counted, for everybody would share it.
 * Throws `rate_limited`, and what `attempt` throws.
 */
export async function limitLogins<T>(
  core: Core,
  { email, from }: { email: string; from: string | undefined },
  attempt: () => Promise<T>,
): Promise<T> {
  if (core.loginFailures === 0) return attempt()
  const keys = [`account ${address(email) || email}`, ...(from === undefined ? [] : [`address ${from}`])].map((of) =>
    core.keyring.sign('login failures', of),
  )
  const until = await takePlaces(core, keys)
  try {
    const result = await attempt()
    await giveBack(core, keys, until)
    return result
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.code !== 'unauthenticated') await giveBack(core, keys, until)
    throw error
  }
}

/** Both or none. Returns when each is forgotten. */
async function takePlaces(core: Core, keys: string[]): Promise<number[]> {
  const now = core.now().getTime()
  return core.outside(async (tx) => {
    const taken = await tx.query<{ expire: number }>(sql`
      insert into rate_limits as known (key, points, expire)
      select key, 1, ${now + quarterOfAnHour} from unnest(${keys}::text[]) key order by key
      on conflict (key) do update set
        points = case when known.expire <= ${now} then 1 else known.points + 1 end,
        expire = case when known.expire <= ${now} then excluded.expire else known.expire end
      where known.expire <= ${now} or known.points < ${core.loginFailures}
      returning expire`)
    if (taken.length === keys.length) return taken.map(({ expire }) => expire)

    const [full] = await tx.query<{ expire: number }>(sql`
      select max(expire) as expire from rate_limits where key = any(${keys}) and points >= ${core.loginFailures}`)
    const seconds = Math.max(1, Math.ceil(((full?.expire ?? now) - now) / 1000))
    throw new LeadNestError(
      'rate_limited',
      `There were too many tries that failed. Try again in ${Math.ceil(seconds / 60)} minutes.`,
      { retryAfter: seconds },
    )
  })
}

async function giveBack(core: Core, keys: string[], until: number[]): Promise<void> {
  await core.outside((tx) =>
    tx.query(sql`
      update rate_limits set points = points - 1
      where key in (
        select key from rate_limits where key = any(${keys}) and expire = any(${until}::bigint[]) order by key for update
      )`),
  )
}
