import * as v from 'valibot'
import { type Endpoint, Limit } from '../endpoint.ts'
import { Event, EventPage, EventType } from './event.ts'
import { OwnEvent } from './own-event.ts'

/** Types of events, with commas between. */
const Types = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => text.split(',').map((type) => type.trim())),
    v.array(v.picklist(EventType.options, 'Name types of events, like lead.created,lead.updated.')),
  ),
)

/** Seconds that an empty answer may wait for news. */
const Wait = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^\d{1,2}$/, 'Use a whole number of seconds from 0 to 30.'),
    v.transform(Number),
    v.maxValue(30, 'At most 30.'),
  ),
  '0',
)

const After = v.optional(v.pipe(v.string(), v.nonEmpty('Leave it out, or give a cursor.'), v.maxLength(500)))

export const eventEndpoints = {
  'GET /v1/events': {
    summary:
      'What happened, oldest first; nextCursor is always there, and after it comes only what is new (after=now: from now on)',
    access: 'leads:read',
    query: v.strictObject({ after: After, type: Types, limit: Limit, wait: Wait }),
    returns: EventPage,
  },
  'GET /v1/events/stream': {
    summary: 'What happens from now on, or after a cursor (after, Last-Event-ID), as server-sent events',
    access: 'leads:read',
    query: v.strictObject({ after: After, type: Types }),
    returns: v.string(),
    answers: 'text/event-stream',
    reads: ['Last-Event-ID'],
  },
  'POST /v1/leads/:id/events': {
    summary: 'Tell of something that a lead did elsewhere, like trial.started',
    access: 'leads:write',
    body: OwnEvent,
    returns: Event,
    status: 201,
    errors: ['lead_merged'],
  },
} as const satisfies Record<string, Endpoint>
