import * as v from 'valibot'
import { Time } from '../time.ts'
import { EventType } from './event.ts'

const ours = new Set(EventType.options.map((type) => type.slice(0, type.indexOf('.'))))
const most = 8 * 1024

/** The name of an own event: what a lead did, in the words of whoever tells of it. */
export const OwnEventName = v.pipe(
  v.string(),
  v.maxLength(100, 'At most 100 characters.'),
  v.regex(/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/, 'Use small letters, digits and dots, like trial.started.'),
  v.check((name) => !ours.has(name.split('.')[0]!), 'Names that begin like this are of LeadNest. Choose another.'),
)

/** Something that a lead did elsewhere; `at` is now unless told. */
export const OwnEvent = v.strictObject({
  name: OwnEventName,
  data: v.optional(
    v.pipe(
      v.intersect([
        v.record(v.string(), v.unknown()),
        // A record takes a list for an object with numbers for names.
        v.custom<Record<string, unknown>>((data) => !Array.isArray(data), 'Send an object, not a list.'),
      ]),
      v.check((data) => Buffer.byteLength(JSON.stringify(data)) <= most, 'At most 8 KiB as JSON.'),
    ),
    {},
  ),
  at: v.optional(Time),
})
export type OwnEvent = v.InferOutput<typeof OwnEvent>
