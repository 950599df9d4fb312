/** Something that a plugin did by its powers: `leads.note`, and what it was called with. */
export interface Effect {
  what: string
  with: unknown[]
}

/** What only looks; all else is an effect. */
const looks =
  /^(leads\.(get|many|list|checkFilter)|events\.|forms\.|messages\.get|submissions\.check|secrets\.|channel$|now$|log\.|fetch\.)/

/** The same powers, which tell of every call that is more than a look. Of statements for tables those that only read are looks. */
export function watchEffects<T extends object>(powers: T, tell: (effect: Effect) => void, path = ''): T {
  return new Proxy(powers, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof key === 'symbol' || value === null || !['object', 'function'].includes(typeof value)) return value
      // What was set is data, and no power.
      if (path === '' && key === 'settings') return value
      return watchEffects(value as object, tell, path ? `${path}.${key}` : key)
    },
    apply(target, self, given: unknown[]) {
      const called = { what: path, with: given.map(presentable) }
      if (!looks.test(path) && !isRead(path, called.with[0])) tell(called)
      const result = Reflect.apply(target as unknown as (...given: unknown[]) => unknown, self, given)
      // It gives powers too.
      return path === 'channel' ? watchEffects(result as object, tell, path) : result
    },
  })
}

const isRead = (path: string, statement: unknown) =>
  path === 'db.query' && /^\s*(select|with)\b/i.test(String(statement))

function presentable(given: unknown): unknown {
  if (typeof given === 'function') return 'a function'
  if (given instanceof URL || given instanceof Date) return given.toJSON()
  return typeof given === 'object' && given !== null && 'text' in given && 'values' in given ? given.text : given
}
