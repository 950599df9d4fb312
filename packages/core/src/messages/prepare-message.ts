import type { OutgoingMessage } from '../channels/channel.ts'
import type { ReadyChannel } from '../channels/find-channel.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { readLead } from '../leads/find-leads.ts'
import { readTemplate } from '../message-templates/templates.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { provingLinkIn } from '../preferences/make-link.ts'
import { checkMessage, measureOn } from './check-message.ts'
import { type Composed, compose } from './compose.ts'
import type { MessageRow } from './statements.ts'

/** Why a message cannot be given to a channel. */
export interface Unsendable {
  code: 'template_failed'
  detail: string
}

/**
 * A message as the channel gets it, filled in with what the lead is now. The link to their own page goes out in it, and is not
 * stored: it proves their address.
 */
export async function prepareMessage(
  core: Core,
  tx: Tx,
  workspaceId: string,
  message: MessageRow,
  { channel, turn }: ReadyChannel,
): Promise<OutgoingMessage | Unsendable> {
  const { id, address: to, sender, leadId } = message
  const made = leadId ? await provingLinkIn(core, tx, workspaceId, leadId, message.channel) : null
  const preferences = made && { link: made.link, headers: { ...made.headers } }
  let text: Composed = message
  if (message.templateId) {
    try {
      text = await fill(core, tx, workspaceId, message, made?.link)
      checkMessage(core, channel, { body: text.body, mediaUrls: [] })
      const measured = measureOn(core, channel, text.body, {
        media: message.media.length,
        settings: turn.context.settings,
      })
      const { segments = null, encoding = null, cost = null } = measured ?? {}
      await tx.query(sql`
        update messages set segments = ${segments}, encoding = ${encoding}, cost = ${cost && JSON.stringify(cost)}
        where workspace_id = ${workspaceId} and id = ${id}`)
    } catch (error) {
      if (!(error instanceof LeadNestError)) throw error
      return { code: 'template_failed', detail: error.issues[0]?.message ?? error.message }
    }
  }
  const media = message.media.map(({ url, type, name }) => ({ url, ...(type && { type }), ...(name && { name }) }))
  const subject = channel.limits?.subject ? text.subject : null
  const inReplyTo = await lastReceived(tx, workspaceId, message)
  return { id, to, sender, subject, body: text.body, media, inReplyTo, preferences }
}

async function lastReceived(tx: Tx, workspaceId: string, { conversationId }: MessageRow): Promise<string | null> {
  const [last] = await tx.query<{ providerId: string }>(sql`
    select provider_id from messages
    where workspace_id = ${workspaceId} and conversation_id = ${conversationId} and direction = 'in' and provider_id is not null
    order by id desc limit 1`)
  return last?.providerId ?? null
}

/** What goes out; what is stored has no link. */
async function fill(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { id, templateId, leadId, subject }: MessageRow,
  link: string | undefined,
): Promise<Composed> {
  const template = await readTemplate(tx, workspaceId, templateId!, { evenDeleted: true })
  if (!template) throw new LeadNestError('not_found', 'The template is gone.')
  const lead = leadId ? await readLead(tx, workspaceId, leadId) : null
  const kept = await compose(core, tx, workspaceId, template, lead)
  if (!kept.body) throw new LeadNestError('invalid_input', 'The template says nothing to this lead.')
  await tx.query(sql`
    update messages set subject = ${subject ?? kept.subject}, body = ${kept.body} where workspace_id = ${workspaceId} and id = ${id}`)
  const sent = link === undefined ? kept : await compose(core, tx, workspaceId, template, lead, link)
  return { ...sent, subject: subject ?? sent.subject }
}
