import { LeadNestError } from '@leadnest/core/plugin'
import * as v from 'valibot'

/** What a schema of the API makes of what was typed; an issue stands at its control. Throws `invalid_input`. */
export function checked<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, input)
  if (parsed.success) return parsed.output
  const issues = parsed.issues.map((issue) => ({ path: String(issue.path?.[0]?.key ?? ''), message: issue.message }))
  throw new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })
}
