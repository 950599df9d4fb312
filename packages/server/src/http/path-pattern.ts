/** What matches the path of a route; a parameter may have a pattern of its own, as in `:file{[a-z]+}`. */
export function pathPattern(path: string): RegExp {
  const parts = path.replace(/:\w+(?:\{(.+?)\})?(?=\/|$)|[.]/g, (part, own) =>
    part === '.' ? '\\.' : (own ?? '[^/]+'),
  )
  return new RegExp(`^${parts}$`)
}
