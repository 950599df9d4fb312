import { createHash } from 'node:crypto'
import type { Issue } from '@leadnest/core'
import type { Context } from 'hono'
import { formText } from '../fields.tsx'

/** What a form was drawn with: a digest of each value by its name, so that long values are not sent twice. */
export type Seen = ReadonlyMap<string, string>

/** Two values of the control `name` that people would call the same give the same text. */
export type Same = (name: string, value: string) => string

/** The text of the hidden field `seen`. */
export function seenText(values: Record<string, string>, same: Same): string {
  return JSON.stringify(Object.entries(values).map(([name, value]) => [name, digestOf(same(name, value))]))
}

export async function readSeen(c: Context): Promise<Seen> {
  try {
    const sent: unknown = JSON.parse(await formText(c, 'seen'))
    return new Map(Array.isArray(sent) ? sent.filter(isPair) : [])
  } catch {
    return new Map()
  }
}

const isPair = (part: unknown): part is [string, string] =>
  Array.isArray(part) && part.length === 2 && part.every((text) => typeof text === 'string')

const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 12)

export interface Edited<Values> {
  /** What the form says now: what somebody typed, and for the rest what is there. */
  typed: Values
  /** Of these, what differs from what the form was drawn with. */
  changed: (keyof Values & string)[]
  /** Of these, what somebody else changed to something else. */
  conflicts: (keyof Values & string)[]
}

/** Tells what was typed from what only stood in the form. A value that the form did not see is held against what is there. */
export function editedOf<Values extends Record<string, string>>(
  sent: Values,
  now: Values,
  seen: Seen,
  same: Same,
): Edited<Values> {
  const names = Object.keys(now) as (keyof Values & string)[]
  const digest = (values: Values, name: keyof Values & string) => digestOf(same(name, values[name]!))
  const seenOf = (name: keyof Values & string) => seen.get(name) ?? digest(now, name)
  const changed = names.filter((name) => digest(sent, name) !== seenOf(name))
  const conflicts = changed.filter(
    (name) => digest(now, name) !== seenOf(name) && digest(now, name) !== digest(sent, name),
  )
  const typed = { ...now, ...Object.fromEntries(changed.map((name) => [name, sent[name]])) }
  return { typed, changed, conflicts }
}

/** Says at a field what somebody else made of it. */
export const meanwhile = (path: string, value: string): Issue => ({
  path,
  message: `Meanwhile it became ${value ? `“${value}”` : 'empty'}. Save again to make it yours.`,
})
