const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const dayAndYear = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

/** “5 minutes ago”, or a moment to come, with the moment itself in the title. admin.js writes the title in the reader's own time zone. */
export function Time({ at, now = Date.now() }: { at: string; now?: number }) {
  return (
    <time datetime={at} title={`${exact.format(new Date(at))} UTC`}>
      {ago(new Date(at), now)}
    </time>
  )
}

export function ago(at: Date, now: number): string {
  const seconds = (now - at.getTime()) / 1000
  // What is still to come is told as it is; a clock that is a little ahead is not.
  if (seconds < -60) return `${exact.format(at)} UTC`
  if (seconds < 45) return 'just now'
  if (seconds < 3600) return relative.format(-Math.max(1, Math.round(seconds / 60)), 'minute')
  if (seconds < 86_400) return relative.format(-Math.round(seconds / 3600), 'hour')
  if (seconds < 7 * 86_400) return relative.format(-Math.round(seconds / 86_400), 'day')
  return at.getUTCFullYear() === new Date(now).getUTCFullYear() ? day.format(at) : dayAndYear.format(at)
}
