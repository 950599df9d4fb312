import * as v from 'valibot'
import { LeadNestError } from './errors.ts'

/** What a schema makes of what came from outside. Throws `invalid_input` with an issue for each field at fault. */
export function parse<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, input)
  if (parsed.success) return parsed.output
  throw new LeadNestError('invalid_input', 'Some of this does not look right.', {
    issues: parsed.issues.slice(0, 100).map((issue) => ({ path: v.getDotPath(issue) ?? '', message: say(issue) })),
  })
}

/** Valibot's own words name types; a caller needs what to do. Messages that a schema brings are left as they are. */
function say({ message, expected, kind, type, received, input }: v.BaseIssue<unknown>): string {
  if (!message.startsWith('Invalid ')) return message
  if (expected === 'never') return 'This is not known here. Leave it out, or correct its name.'
  if (input === undefined || received === 'undefined') return 'This is missing.'
  return kind === 'schema'
    ? `Send ${type === 'strict_object' || type === 'record' ? 'an object' : `a value of type ${expected ?? type}`}.`
    : message
}
