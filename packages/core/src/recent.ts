/** Look-ups that nearly every request makes (a key, a form), asked of the database at most once a second each. */
export interface Recent {
  /** What `load` gave for this name in its lifetime, else what it gives now. Nothing and errors are not kept. */
  get<T>(name: string, load: () => Promise<T>): Promise<T>
  /** After a change in this process, so that it is seen at once; other processes see it within the second. */
  forget(): void
}

/** Bounds the memory against callers who try names. */
const maxNames = 10_000

/** `lifetime` is in ms: a key that is revoked must be dead within a second (S8). */
export function createRecent({ lifetime = 1000 } = {}): Recent {
  const entries = new Map<string, { until: number; value: Promise<unknown> }>()
  return {
    async get<T>(name: string, load: () => Promise<T>): Promise<T> {
      const known = entries.get(name)
      if (known && known.until > performance.now()) return known.value as Promise<T>
      if (entries.size >= maxNames) entries.clear()
      const value = load()
      entries.set(name, { until: performance.now() + lifetime, value })
      const drop = () => void (entries.get(name)?.value === value && entries.delete(name))
      try {
        const result = await value
        if (result === undefined) drop()
        return result
      } catch (error) {
        drop()
        throw error
      }
    },
    forget: () => entries.clear(),
  }
}
