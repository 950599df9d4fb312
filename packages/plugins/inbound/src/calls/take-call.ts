import { isId, isSame, judgedRoute, newId, type PluginContext, type RouteContext, sql } from '@leadnest/core/plugin'
import { isObject } from '../payloads/answers.ts'
import type { InboundSource } from '../sources/source.ts'
import { type Delivery, deliveriesOf } from './deliveries.ts'
import { isSigned } from './signature.ts'

type Door = Pick<InboundSource, 'id' | 'kind' | 'enabled'> & { secret: string; verifyToken: string | null }

interface Proved {
  context: PluginContext
  door: Door
  headers: Headers
  raw: Uint8Array<ArrayBuffer>
}

/** Takes what a source tells: stored and answered at once, for a job to work on. Who does not sign for it leaves no trace. */
export const takeCall = judgedRoute<unknown, Proved>(judge, take)

async function judge(request: Request, { params, at }: RouteContext): Promise<Proved | Response> {
  const found = await openDoor(params, at)
  if (!found) return answer(404, { error: 'There is no such source.' })
  const { context, door } = found
  const raw = new Uint8Array(await request.arrayBuffer())
  const { headers } = request
  const secret = context.secrets.open(door.secret)
  if (secret === undefined || !isSigned(door.kind, { headers, raw, secret, now: context.now() }))
    return answer(401, { error: `This is not signed with the secret of the source. ${wanted[door.kind]}` })
  return { context, door, headers, raw }
}

async function take({ context, door, headers, raw }: Proved): Promise<Response> {
  if (!door.enabled) return answer(403, { error: 'This source is turned off in LeadNest.' })
  const body = readJson(raw)
  if (typeof body === 'string') return answer(400, { error: body })
  const deliveries = deliveriesOf(door.kind, { headers, body, raw, now: context.now() })
  if (!deliveries) return answer(400, { error: `This does not say which call it is. ${named[door.kind]}` })
  const taken = await keep(context, door, deliveries)
  return answer(200, { received: deliveries.length, new: taken })
}

/** Meta asks once whether the hook is ours: https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests */
export async function confirmHook(request: Request, { params, at }: RouteContext): Promise<Response> {
  const found = await openDoor(params, at)
  const query = new URL(request.url).searchParams
  const expected = found?.door.verifyToken ? found.context.secrets.open(found.door.verifyToken) : undefined
  if (!expected || query.get('hub.mode') !== 'subscribe' || !isSame(query.get('hub.verify_token'), expected))
    return answer(403, { error: 'This is not the token of the source.' })
  return new Response(query.get('hub.challenge') ?? '', { headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

const wanted = {
  typeform: 'Give Typeform the secret, under Webhooks → Edit.',
  meta: 'Give LeadNest the secret of the app, from App settings → Basic.',
  json: 'Send it as “Authorization: Bearer …”, or sign as Standard Webhooks says.',
}
const named = {
  typeform: 'Typeform sends an event_id.',
  meta: 'Meta sends a leadgen_id.',
  json: 'An id has 1 to 255 printable ASCII characters.',
}

async function openDoor({ workspace = '', source = '' }: Record<string, string>, at: RouteContext['at']) {
  const context = isId(source) ? await at(workspace) : null
  if (!context) return undefined
  const [door] = await context.db.query<Door>(sql`
    select id, kind, enabled, secret, verify_token from plugin_inbound_sources
    where workspace_id = ${workspace} and id = ${source}`)
  return door && { context, door }
}

/** The object, or in words why it is none. */
function readJson(raw: Uint8Array): Record<string, unknown> | string {
  let body: unknown
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw))
  } catch (error) {
    return error instanceof SyntaxError ? `This is no JSON: ${error.message}.` : 'This is no UTF-8.'
  }
  if (!isObject(body)) return 'Send one JSON object.'
  // Postgres keeps neither; of escapes, `\\u0000` is a backslash and five letters.
  const odd = /\\u(0000|d[89a-f])/i.test(JSON.stringify(body).replaceAll('\\\\', ''))
  return odd ? 'This holds characters that are no text (U+0000, or half of a pair).' : body
}

/** How many of them are new. */
async function keep({ workspaceId, db, now }: PluginContext, { id }: Door, deliveries: Delivery[]): Promise<number> {
  const at = now()
  return db.transaction(async (query, { addJob }) => {
    const calls = await query<{ id: string }>(sql`
      insert into plugin_inbound_calls (workspace_id, id, source_id, delivery, status, body, created_at)
      select ${workspaceId}::uuid, v.id, ${id}::uuid, v.delivery, 'waiting', v.body::jsonb, ${at}::timestamptz
      from unnest(${deliveries.map(() => newId(at.getTime()))}::uuid[], ${deliveries.map(({ delivery }) => delivery)}::text[],
        ${deliveries.map(({ body }) => JSON.stringify(body))}::text[]) as v (id, delivery, body)
      order by v.delivery
      on conflict (workspace_id, source_id, delivery) do nothing returning id`)
    await query(sql`
      update plugin_inbound_sources set last_seen_at = ${at} where workspace_id = ${workspaceId} and id = ${id}`)
    for (const { id } of calls) await addJob('settle', { callId: id }, { key: id })
    return calls.length
  })
}

const answer = (status: number, body: object) => Response.json(body, { status })
