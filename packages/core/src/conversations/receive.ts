import * as v from 'valibot'
import type { Channel, IncomingMessage, Received } from '../channels/channel.ts'
import type { ChannelSettings } from '../channels/channel-settings.ts'
import { channelsOf, type ReadyChannel } from '../channels/find-channel.ts'
import { readChannelSettings } from '../channels/read-settings.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { bySystem } from '../events/event.ts'
import { newId } from '../id.ts'
import { addJob } from '../jobs/add-job.ts'
import { byWriter } from '../messages/by-writer.ts'
import { optIn } from '../messages/opt-in.ts'
import { optOut, type Person } from '../messages/opt-out.ts'
import { queueMessage } from '../messages/queue-message.ts'
import { isForbidden } from '../messages/sendable.ts'
import { mediaOf, tellOfMessage } from '../messages/statements.ts'
import { parse } from '../parse.ts'
import { turnOf } from '../plugins/run-plugin.ts'
import { sql } from '../postgres/sql.ts'
import { isRerun, type Tx } from '../postgres/transaction.ts'
import { normaliseAddress } from '../suppressions/address.ts'
import { plain } from '../text.ts'
import { readKeyword, type Verdict } from './keywords.ts'
import { conversationWith, holdAddress } from './statements.ts'
import { findWriter, makeWriter } from './writer.ts'

const Text = (max: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => text.replaceAll('\u0000', '').toWellFormed().slice(0, max)),
  )
const Incoming = v.object({
  providerId: v.pipe(v.string(), v.nonEmpty(), v.maxLength(500)),
  from: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(500)),
  to: v.pipe(v.string(), v.trim(), v.maxLength(500)),
  body: Text(50_000),
  subject: v.optional(Text(1000)),
  media: v.optional(
    v.pipe(
      v.array(v.object({ url: v.string(), type: v.optional(v.string()), name: v.optional(v.string()) })),
      v.maxLength(50),
    ),
    [],
  ),
  optOut: v.optional(v.picklist(['stop', 'start', 'help'])),
  at: v.optional(v.union([v.string(), v.date()])),
})
type Incoming = v.InferOutput<typeof Incoming>

/**
 * Takes what somebody wrote, once for each id of the provider: finds the lead by the address, or makes one of somebody unknown
 * (as the workspace wants it), reads whether it is a STOP, START or HELP, and keeps it in the conversation. Throws `invalid_input`
 * for what no provider should send.
 */
export async function receive(
  core: Core,
  workspaceId: string,
  channelId: string,
  message: IncomingMessage,
): Promise<Received> {
  const incoming = parse(Incoming, message)
  const { plugin, channel } = channelsOf(core).find(({ channel }) => channel.id === channelId)!
  const turn = await turnOf(core, workspaceId, plugin)
  return core.inWorkspace(workspaceId, async (tx) => {
    const address = await addressIn(tx, workspaceId, channelId, incoming.from)
    // One at a time for each person: what comes a hundred times at once is one message, and one lead.
    await holdAddress(tx, workspaceId, channelId, address)
    const known = await findDoubled(tx, workspaceId, channelId, incoming.providerId)
    if (known) return { ...known, duplicate: true }
    const settings = await readChannelSettings(tx, workspaceId, channelId)
    const leadId = await findWriter(tx, workspaceId, channel, address)
    const person: Person = { channel: channelId, address, leadId: leadId ?? null, sender: incoming.to || null }
    const said = await verdictOf(core, tx, workspaceId, person, incoming, settings)
    if (!leadId && (said?.verdict === 'stop' || settings.unknownSenders === 'ignore')) {
      if (said) await obey(core, tx, workspaceId, person, said)
      return { messageId: null, conversationId: null, leadId: null, duplicate: false, optOut: said?.verdict ?? null }
    }
    const writer = leadId ?? (await makeWriter(core, tx, workspaceId, channel, address))
    const kept = await keep(core, tx, workspaceId, channel, { ...person, leadId: writer }, incoming, said?.verdict)
    if (said) await obey(core, tx, workspaceId, { ...person, leadId: writer }, said)
    const body = turn && answerTo(said, settings, !leadId)
    if (body) await answer(core, tx, workspaceId, { plugin, channel, turn }, { address, leadId: writer, body })
    return { ...kept, leadId: writer, duplicate: false, optOut: said?.verdict ?? null }
  })
}

/** What is no number (a short code, a name) is an address of nobody we know. */
async function addressIn(tx: Tx, workspaceId: string, channel: string, from: string): Promise<string> {
  try {
    return await normaliseAddress(tx, workspaceId, channel, from)
  } catch (error) {
    if (error instanceof LeadNestError && error.code === 'invalid_input') return plain(from).toLowerCase()
    throw error
  }
}

async function findDoubled(tx: Tx, workspaceId: string, channel: string, providerId: string) {
  const [found] = await tx.query<Pick<Received, 'messageId' | 'conversationId' | 'leadId' | 'optOut'>>(sql`
    select m.id as message_id, m.conversation_id, c.lead_id, m.opt_out
    from messages m join conversations c on c.workspace_id = m.workspace_id and c.id = m.conversation_id
    where m.workspace_id = ${workspaceId} and m.channel = ${channel} and m.provider_id = ${providerId}`)
  return found
}

interface Said {
  verdict: Verdict
  word: string
  /** Told by the provider, which then has answered it. */
  told: boolean
}

/** The provider's word goes before ours. */
async function verdictOf(
  core: Core,
  tx: Tx,
  workspaceId: string,
  person: Person,
  { optOut, body }: Incoming,
  { keywords }: ChannelSettings,
): Promise<Said | undefined> {
  const own = plain(body).slice(0, 40).toUpperCase()
  if (optOut) return { verdict: optOut, word: own || optOut.toUpperCase(), told: true }
  const optedOut = await isForbidden(core, tx, workspaceId, { ...person, purpose: null })
  const found = readKeyword(body, keywords, { optedOut })
  return found && { ...found, told: false }
}

async function obey(core: Core, tx: Tx, workspaceId: string, person: Person, { verdict, word }: Said): Promise<void> {
  if (verdict === 'stop') await optOut(core, tx, workspaceId, person, word, byWriter)
  if (verdict === 'start') await optIn(core, tx, workspaceId, person, word, byWriter)
}

async function keep(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { id: channel }: Channel,
  { address, leadId, sender }: Person,
  { providerId, body, subject, media, at: written }: Incoming,
  verdict: Verdict | undefined,
): Promise<{ messageId: string; conversationId: string }> {
  const at = core.now()
  const time = written === undefined ? Number.NaN : new Date(written).getTime()
  const { id: conversationId } = await conversationWith(tx, workspaceId, { channel, address, leadId }, at)
  const id = newId(at.getTime())
  await tx.query(sql`
    insert into messages (
      workspace_id, id, conversation_id, channel, direction, status, address, sender, subject, body, media, provider_id, opt_out, actor,
      source, created_at, sent_at
    ) values (
      ${workspaceId}, ${id}, ${conversationId}, ${channel}, 'in', 'received', ${address}, ${sender}, ${subject ?? null}, ${body},
      ${JSON.stringify(mediaOf(media))}, ${providerId}, ${verdict}, ${JSON.stringify(byWriter.actor)}, ${byWriter.source}, ${at},
      ${Number.isNaN(time) ? at : new Date(time)}
    )`)
  await tx.query(sql`
    update conversations set last_message_id = ${id}, last_message_at = ${at}, unread = unread + 1, status = 'open', snoozed_until = null,
      sender = coalesce(${sender}, sender)
    where workspace_id = ${workspaceId} and id = ${conversationId}`)
  await tx.query(sql`
    update leads set last_activity_at = greatest(last_activity_at, ${at}) where workspace_id = ${workspaceId} and id = ${leadId}`)
  if (media.length > 0) await addJob(tx, 'fetch_media', { workspaceId, messageId: id }, { key: `media ${id}` })
  const more = { ...(verdict && { optOut: verdict }), ...(media.length > 0 && { media: media.length }) }
  const told = { id, conversationId, leadId, channel, status: 'received' as const, error: null, more }
  await tellOfMessage(tx, workspaceId, told, byWriter, at)
  return { messageId: id, conversationId }
}

/** HELP is answered where the provider did not; somebody new is, where the workspace wants it. */
function answerTo(said: Said | undefined, { helpText, autoReply }: ChannelSettings, isNew: boolean): string | null {
  if (said?.verdict === 'help') return said.told ? null : helpText
  return isNew && !said ? autoReply : null
}

/** What somebody wrote is kept, whatever becomes of the answer: they opted out, or the channel cannot say by which number it is sent. */
async function answer(
  core: Core,
  tx: Tx,
  workspaceId: string,
  ready: ReadyChannel,
  message: { address: string; leadId: string | null; body: string },
): Promise<void> {
  await tx.query(sql`savepoint answer`)
  try {
    await queueMessage(core, tx, workspaceId, ready, message, bySystem)
  } catch (error) {
    if (isRerun(error)) throw error
    // Throws where the connection is lost, and with it all that was not committed.
    await tx.query(sql`rollback to savepoint answer`)
    if (error instanceof LeadNestError && error.code === 'suppressed') return
    core.log.warn({ err: error, channel: ready.channel.id, workspaceId }, 'a message that came in was not answered')
  }
}
