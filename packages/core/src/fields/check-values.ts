import { type Issue, LeadNestError } from '../errors.ts'
import type { FieldValue } from '../leads/lead.ts'
import { readValue } from './read-value.ts'
import type { Shape } from './shape.ts'

/**
 * Reads what a trusted door says of a lead's own fields. Throws `invalid_input` with an issue at `fields.<key>` for each
 * that is unknown, archived or not of its type. What a lead `has` may be said again, though its option is gone.
 */
export function checkValues(
  { fields, country }: Shape,
  said: Record<string, unknown>,
  has: Record<string, FieldValue> = {},
): Record<string, FieldValue> {
  const values: Record<string, FieldValue> = {}
  const issues: Issue[] = []
  for (const [key, value] of Object.entries(said)) {
    const field = fields.get(key)
    const read = !field
      ? { issue: 'There is no such field. Define it first, in the settings or by POST /v1/fields.' }
      : field.archivedAt
        ? { issue: 'This field is archived. Bring it back first.' }
        : readValue(field, value, country, has[key])
    if ('issue' in read) issues.push({ path: `fields.${key}`, message: read.issue })
    else values[key] = read.value
  }
  if (issues.length > 0) throw new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })
  return values
}
