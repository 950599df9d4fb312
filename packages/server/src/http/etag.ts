import type { Context } from 'hono'

/** Whether the caller has this version already (RFC 9110's weak comparison: a proxy that compresses makes ours weak). */
export function isFresh(c: Context, etag: string): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, '')
  const known = c.req.header('if-none-match')
  return known?.split(',').some((tag) => tag.trim() === '*' || bare(tag) === bare(etag)) ?? false
}
