import { type Issue, LeadNestError } from '../errors.ts'

/** Throws `invalid_input` for text that Postgres cannot hold, with the path of each. */
export function checkText(value: object): void {
  const issues = faults(value, '')
  if (issues.length > 0)
    throw new LeadNestError('invalid_input', 'Some of this is no text.', { issues: issues.slice(0, 100) })
}

function faults(value: unknown, path: string): Issue[] {
  if (typeof value === 'string')
    return isText(value)
      ? []
      : [{ path, message: 'This holds a character that is no text (U+0000, or half of a surrogate pair).' }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) =>
    isText(key)
      ? faults(child, path ? `${path}.${key}` : key)
      : [{ path, message: 'A name holds a character that is no text.' }],
  )
}

const isText = (text: string) => !text.includes('\u0000') && text.isWellFormed()
