import { firstIdAt } from '../id.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import { type Left, lookBack } from './repetition.ts'
import type { Trace } from './trace.ts'

/** How long traces are kept, in ms. */
export const traceLifetime = 24 * 60 * 60 * 1000

/** The traces of a form, one behind the other: rows of their own would cost this process more than all the comparing. */
export interface PackedTraces {
  formId: string
  traces: Buffer
}

/** The last traces of each of these forms: one walk along the primary key for each, however many there are. */
export const readTraces = (workspaceId: string, formIds: string[], now: Date): Sql => sql`
  select f.id as form_id, t.traces from unnest(${formIds}::uuid[]) as f (id)
  cross join lateral (
    select string_agg(
      uuid_send(id) || int8send(coalesce(sender, -1)) || int8send(coalesce(client, -1)) || int8send(answers)
        || int8send((extract(epoch from issued_at) * 1000)::bigint) || int8send(coalesce(text, -1))
        || int2send(coalesce(length(sketch), 0)::smallint) || coalesce(sketch, '')
        || int2send(coalesce(length(links), 0)::smallint) || coalesce(links, ''),
      ''
    ) as traces
    from (
      select * from submission_traces
      where workspace_id = ${workspaceId} and form_id = f.id and id > ${firstIdAt(new Date(now.getTime() - traceLifetime))}
      order by id desc limit ${lookBack}
    ) as last
  ) t
  where t.traces is not null`

export const leftBy = (rows: PackedTraces[]): Map<string, Left[]> =>
  new Map(rows.map(({ formId, traces }) => [formId, unpacked(traces)]))

function unpacked(bytes: Buffer): Left[] {
  const left: Left[] = []
  let at = 0
  // Hashes have 48 bits and stand in the lower part of 64; what is missing is -1.
  const whole = () => {
    at += 8
    return bytes.readUIntBE(at - 6, 6)
  }
  const orNull = () => {
    const isMissing = bytes.readInt8(at) < 0
    const number = whole()
    return isMissing ? null : number
  }
  const some = () => {
    const begin = at + 2
    at = begin + bytes.readInt16BE(at)
    return bytes.subarray(begin, at)
  }
  while (at < bytes.length) {
    const time = bytes.readUIntBE(at, 6)
    at += 16
    const [sender, client, answers, issuedAt, text] = [orNull(), orNull(), whole(), whole(), orNull()]
    const [sketch, links] = [some(), some()]
    left.push({
      at: time,
      sender,
      client,
      answers,
      issuedAt,
      text,
      sketch: sketch.length > 0 ? readSketch(sketch) : null,
      links: Array.from({ length: links.length / 6 }, (_, i) => links.readUIntBE(6 * i, 6)),
    })
  }
  return left
}

function readSketch(bytes: Buffer): Uint16Array {
  const sketch = new Uint16Array(bytes.length / 2)
  for (let i = 0; i < sketch.length; i++) sketch[i] = bytes.readUInt16LE(2 * i)
  return sketch
}

export const insertTraces = (workspaceId: string, traces: { id: string; formId: string; trace: Trace }[]): Sql => sql`
  insert into submission_traces (workspace_id, form_id, id, sender, client, answers, issued_at, text, sketch, links)
  select ${workspaceId}::uuid, * from unnest(
    ${traces.map(({ formId }) => formId)}::uuid[],
    ${traces.map(({ id }) => id)}::uuid[],
    ${traces.map(({ trace }) => trace.sender)}::bigint[],
    ${traces.map(({ trace }) => trace.client)}::bigint[],
    ${traces.map(({ trace }) => trace.answers)}::bigint[],
    ${traces.map(({ trace }) => new Date(trace.issuedAt))}::timestamptz[],
    ${traces.map(({ trace }) => trace.text)}::bigint[],
    ${traces.map(({ trace: { sketch } }) => sketch && Buffer.from(sketch.buffer))}::bytea[],
    ${traces.map(({ trace: { links } }) => (links.length > 0 ? packed(links) : null))}::bytea[]
  )`

function packed(links: number[]): Buffer {
  const bytes = Buffer.alloc(6 * links.length)
  for (const [i, link] of links.entries()) bytes.writeUIntBE(link, 6 * i, 6)
  return bytes
}
