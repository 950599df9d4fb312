import { createHash } from 'node:crypto'
import { isObject, listOf } from '../payloads/answers.ts'
import type { Kind } from '../sources/source.ts'

/** What a call brings, by the sender's own id of it. Meta tells of several leads at once. */
export interface Delivery {
  delivery: string
  body: object
}

export interface Told {
  headers: Headers
  body: Record<string, unknown>
  raw: Uint8Array
  now: Date
}

/** Undefined for what names none of itself, though it should; none for what is no answer to a form. */
export const deliveriesOf = (kind: Kind, told: Told): Delivery[] | undefined => readers[kind](told)

const readers: Record<Kind, (told: Told) => Delivery[] | undefined> = {
  typeform({ body }) {
    if (body.event_type !== 'form_response') return []
    return isName(body.event_id) ? [{ delivery: body.event_id, body }] : undefined
  },
  meta({ body }) {
    const changes = listOf(body.entry).flatMap(({ changes }) => listOf(changes))
    const leads = changes.flatMap(({ field, value }) => (field === 'leadgen' && isObject(value) ? [value] : []))
    const named = leads.map((value) => ({ delivery: String(value.leadgen_id ?? ''), body: value }))
    return named.every(({ delivery }) => /^\d{1,40}$/.test(delivery)) ? named : undefined
  },
  json({ headers, body, raw, now }) {
    const named = headers.get('webhook-id') ?? headers.get('idempotency-key')
    if (named !== null) return isName(named) ? [{ delivery: named, body }] : undefined
    // Nobody says which call it is: the same words on one day are the same call.
    const hash = createHash('sha256').update(raw).digest('base64url')
    return [{ delivery: `${now.toISOString().slice(0, 10)} ${hash}`, body }]
  },
}

const isName = (value: unknown): value is string => typeof value === 'string' && /^[\x20-\x7e]{1,255}$/.test(value)
