import { LeadNestError } from '../errors.ts'
import type { Submission } from './submission.ts'

/** Throws `unknown_reference` at `ids.<n>` for each that was not found. */
export function unknownIds(ids: string[], found: Submission[]): void {
  const known = new Set(found.map(({ id }) => id))
  const issues = ids.flatMap((id, i) =>
    known.has(id) ? [] : [{ path: `ids.${i}`, message: 'There is no such submission.' }],
  )
  if (issues.length > 0)
    throw new LeadNestError('unknown_reference', 'Some of these submissions are not there.', { issues })
}
