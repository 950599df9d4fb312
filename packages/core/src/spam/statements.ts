import { firstIdAt } from '../id.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import { type Left, lookBack } from './repetition.ts'
import type { Trace } from './trace.ts'

/** How long traces are kept, in ms. */
export const traceLifetime = 24 * 60 * 60 * 1000

export interface TraceRow {
  formId: string
  id: string
  sender: number | null
  client: number | null
  answers: number
  issuedAt: string
  text: number | null
  sketch: Buffer | null
  links: Buffer | null
}

/** The last traces of each of these forms: one walk along the primary key for each, however many there are. */
export const readTraces = (workspaceId: string, formIds: string[], now: Date): Sql => sql`
  select t.* from unnest(${formIds}::uuid[]) as f (id)
  cross join lateral (
    select form_id, id, sender, client, answers, issued_at, text, sketch, links from submission_traces
    where workspace_id = ${workspaceId} and form_id = f.id and id > ${firstIdAt(new Date(now.getTime() - traceLifetime))}
    order by id desc limit ${lookBack}
  ) t`

export function leftBy(rows: TraceRow[]): Map<string, Left[]> {
  const left = new Map<string, Left[]>()
  for (const { formId, id, issuedAt, sketch, links, ...row } of rows) {
    const traces = left.get(formId) ?? []
    left.set(formId, traces)
    traces.push({
      ...row,
      at: Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16),
      issuedAt: Date.parse(issuedAt),
      sketch: sketch && Uint16Array.from({ length: sketch.length / 2 }, (_, i) => sketch.readUInt16LE(2 * i)),
      links: links ? Array.from({ length: links.length / 6 }, (_, i) => links.readUIntBE(6 * i, 6)) : [],
    })
  }
  return left
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
