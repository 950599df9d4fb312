import * as v from 'valibot'
import { type Issue, LeadNestError } from './errors.ts'

/** What a schema makes of what came from outside. Throws `invalid_input` with an issue for each field at fault. */
export function parse<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, input)
  if (parsed.success) return parsed.output
  const issues = parsed.issues.flatMap((issue) => issuesOf(issue, schema)).slice(0, 100)
  throw new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })
}

type Found = v.BaseIssue<unknown>

/** Where one of several shapes was sent, with something wrong within it, that is said: `mapping.Name.colour`. */
function issuesOf(issue: Found, schema: object, before: unknown[] = []): Issue[] {
  const path = [...before, ...(issue.path ?? []).map(({ key }) => key)]
  const within = issue.type === 'union' ? (issue.issues ?? []).filter((inner) => inner.path) : []
  if (within.length > 0) return within.flatMap((inner) => issuesOf(inner, schema, path))
  return [{ path: path.join('.'), message: say(issue, () => namesAt(schema, path.slice(0, -1))) }]
}

/** Valibot's own words name types; a caller needs what to do. Messages that a schema brings are left as they are. */
function say(issue: Found, names: () => string[]): string {
  const { message, expected, kind, type, received, input, requirement } = issue
  if (!message.startsWith('Invalid ')) return message
  if (expected === 'never') {
    const known = names()
    const there = known.length > 0 ? ` There is ${known.join(', ')}.` : ''
    return `This is not known here. Leave it out, or correct its name.${there}`
  }
  if (input === undefined || received === 'undefined') return 'This is missing.'
  if (type === 'picklist' || type === 'literal')
    return `Use ${expected?.replace(/^\(|\)$/g, '').replaceAll(' | ', ' or ')}.`
  if (kind === 'schema')
    return `Send ${/object|record/.test(type) ? 'an object' : `a value of type ${expected ?? type}`}.`
  const what = Array.isArray(input) ? 'entries' : 'characters'
  if (type === 'max_length') return `At most ${requirement} ${what}.`
  if (type === 'min_length' || type === 'non_empty') return `At least ${requirement ?? 1} ${what}.`
  return 'This is not written as it has to be.'
}

interface Node {
  type?: string
  wrapped?: Node
  entries?: Record<string, Node>
  /** Of a record, and of a list. */
  value?: Node
  item?: Node
  /** Of a union. */
  options?: Node[]
  pipe?: (Node & { kind: string })[]
}

/** The names that an object at this place of a schema has; none where that is not certain. */
function namesAt({ type, wrapped, entries, value, item, options = [], pipe }: Node, path: unknown[]): string[] {
  const objects = type === 'union' ? options.filter((option) => option.entries) : []
  const made = pipe?.findLast(({ kind }) => kind === 'schema')
  const same = made ?? wrapped ?? (objects.length === 1 ? objects[0] : undefined)
  if (same) return namesAt(same, path)
  const [key, ...rest] = path
  if (key === undefined) return Object.keys(entries ?? {})
  const next = entries ? entries[String(key)] : (value ?? item)
  return next ? namesAt(next, rest) : []
}
