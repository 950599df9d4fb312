const [second, minute, hour] = [1000, 60_000, 3_600_000]

/** How long to wait after the first try, the second, and so on: ten tries in all, the last one three days after the first. */
const waits = [
  5 * second,
  minute,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  20 * hour,
  72 * hour - 37 * hour - 36 * minute - 5 * second,
]

/** How long an endpoint that cannot be reached, or asks for patience, is left alone; then one delivery tries. */
const pauses = [5 * second, minute, 5 * minute, 15 * minute]

/** What takes nothing for so long is disabled. */
export const endurance = 72 * hour

/** No receiver asks for more patience than this. */
const longestWait = 24 * hour

/** When to try again after so many tries; undefined where that was the last. Up to a tenth later, so that not all come at once. */
export function nextTry(now: Date, tries: number, retryAfter = 0): Date | undefined {
  const wait = waits[tries - 1]
  return wait === undefined ? undefined : after(now, Math.max(wait, retryAfter))
}

export function pauseAfter(now: Date, failures: number, retryAfter = 0): Date {
  const pause = pauses[Math.min(failures, pauses.length) - 1]!
  return new Date(now.getTime() + Math.max(pause, retryAfter))
}

const after = (now: Date, wait: number) => new Date(now.getTime() + Math.round(wait * (1 + Math.random() / 10)))

/** What the header `Retry-After` asks for, in ms: seconds, or a date. */
export function readRetryAfter(text: string | null, now: Date): number {
  if (text === null) return 0
  const wait = /^\d{1,9}$/.test(text.trim()) ? Number(text) * second : Date.parse(text) - now.getTime()
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), longestWait) : 0
}
