import { isSignedCall, judgedRoute, type PluginContext, type RouteContext } from '@leadnest/core/plugin'
import * as v from 'valibot'
import type { Settings } from '../settings.ts'
import { type Answer, type Bounce, noteBounce, noteStatus, type Status } from './bounce.ts'
import { readMime } from './read-mime.ts'
import { receiveAnswer } from './receive-answer.ts'

const Text = v.pipe(v.string(), v.maxLength(200_000))
const Short = v.pipe(v.string(), v.maxLength(1000))
const Handed = v.variant('type', [
  v.object({
    type: v.literal('message'),
    messageId: v.pipe(Short, v.nonEmpty()),
    from: v.pipe(Short, v.nonEmpty()),
    to: v.optional(Short, ''),
    subject: v.optional(Short),
    text: Text,
    inReplyTo: v.optional(Text, ''),
    references: v.optional(Text, ''),
  }),
  v.object({
    type: v.literal('bounce'),
    messageId: v.optional(Short),
    recipient: v.optional(Short),
    permanent: v.optional(v.boolean(), false),
    code: v.optional(Short),
    detail: v.optional(Short),
  }),
  v.object({
    type: v.literal('status'),
    messageId: v.pipe(Short, v.nonEmpty()),
    status: v.picklist(['queued', 'sending', 'sent', 'failed', 'undelivered', 'delivered']),
    code: v.optional(Short),
    detail: v.optional(Short),
  }),
])

interface Proved {
  context: PluginContext<Settings>
  raw: Uint8Array
  type: string | undefined
}

/** Takes an answer, a bounce or a receipt from whoever has the secret: as JSON, or as the mail itself (`message/rfc822`). */
export const takeHook = judgedRoute<Settings, Proved>(judge, take)

async function judge(request: Request, { params, find }: RouteContext<Settings>): Promise<Proved | Response> {
  const context = await find(params.name!)
  const secret = context?.settings.hookSecret
  if (!context || !secret) return answer(404, { error: 'There is no such hook.' })
  const raw = new Uint8Array(await request.arrayBuffer())
  if (!isSignedCall({ headers: request.headers, raw, secret, now: context.now() }))
    return answer(401, { error: 'This is not signed with the secret of the hook.' })
  return { context, raw, type: request.headers.get('content-type')?.split(';')[0]?.trim() }
}

async function take({ context, raw, type }: Proved): Promise<Response> {
  if (type === 'message/rfc822') {
    const mail = await readMime(raw).catch(() => undefined)
    return mail === undefined ? answer(400, { error: 'This mail cannot be read.' }) : obey(context, mail)
  }
  const handed = readJson(raw)
  if (typeof handed === 'string') return answer(400, { error: handed })
  return obey(context, handed)
}

async function obey(context: PluginContext<Settings>, handed: Answer | Bounce | Status | null): Promise<Response> {
  if (handed === null) return answer(200, { done: 'nothing' })
  if (handed.type === 'message') {
    const { duplicate } = await receiveAnswer(context, handed)
    return answer(200, { done: duplicate ? 'known' : 'received' })
  }
  return answer(200, {
    done: handed.type === 'bounce' ? await noteBounce(context, handed) : await noteStatus(context, handed),
  })
}

function readJson(raw: Uint8Array): v.InferOutput<typeof Handed> | string {
  let body: unknown
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw))
  } catch {
    return 'Send JSON in UTF-8, or the mail itself as message/rfc822.'
  }
  const read = v.safeParse(Handed, body)
  if (read.success) return read.output
  const [issue] = read.issues
  return `${v.getDotPath(issue) ?? 'The body'}: ${issue.message}`
}

const answer = (status: number, body: object) => Response.json(body, { status })
