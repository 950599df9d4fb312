const home = '/admin'

/**
 * Where to go after signing in: a page of the admin, or its home for everything else.
 * `next` is written by strangers. A browser drops control characters, reads `\` as `/` and resolves `..`,
 * so the first two are refused and the path is judged as the browser will see it.
 */
export function ownPath(next: string | undefined): string {
  if (!next?.startsWith('/') || /[\s\\\p{Cc}]/u.test(next)) return home
  const own = 'http://own.invalid'
  if (!URL.canParse(next, own)) return home
  const { origin, pathname, search, hash } = new URL(next, own)
  if (origin !== own || !(pathname === home || pathname.startsWith(`${home}/`))) return home
  if (/^\/admin\/(sign-in|sign-out|setup|reset|invite|live)\b/.test(pathname)) return home
  return pathname + search + hash
}

export function signInPath(next: string | undefined): string {
  const path = ownPath(next)
  return path === home ? '/admin/sign-in' : `/admin/sign-in?next=${encodeURIComponent(path)}`
}
