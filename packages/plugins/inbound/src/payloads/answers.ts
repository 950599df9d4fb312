/** One thing that a call says, by the name that a mapping uses for it. */
export interface Answer {
  key: string
  /** What people asked for it, where that is known. */
  label: string
  value: string | number | boolean
}

/** The most that is read of a call, and how deep. */
const most = 500
const deepest = 8

/** Every value of a document by its path, as in `contact.email` and `items.0.name`; lists of plain values are joined. */
export function answersIn(document: unknown, prefix = '', depth = 0): Answer[] {
  if (isScalar(document)) return document === '' ? [] : [{ key: prefix, label: prefix, value: document }]
  if (typeof document !== 'object' || document === null || depth > deepest) return []
  if (Array.isArray(document) && document.length > 0 && document.every(isScalar))
    return [{ key: prefix, label: prefix, value: document.join(', ') }]
  return Object.entries(document)
    .flatMap(([key, value]) => answersIn(value, prefix ? `${prefix}.${key}` : key, depth + 1))
    .slice(0, most)
}

export const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isObject) : []
