/** Whether two values of JSON say the same, however deep they are: `isDeepStrictEqual` throws at some hundred levels. */
export function isSameJson(one: unknown, other: unknown): boolean {
  const pairs: [unknown, unknown][] = [[one, other]]
  for (const [a, b] of pairs) {
    if (a === b) continue
    if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return false
    const keys = Object.keys(a)
    if (keys.length !== Object.keys(b).length || !keys.every((key) => Object.hasOwn(b, key))) return false
    for (const key of keys) pairs.push([a[key], b[key]])
  }
  return true
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
