import type { Channel, Media } from '../channels/channel.ts'
import { channelsOf } from '../channels/find-channel.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { removeFile } from '../files/remove-file.ts'
import { writeFile } from '../files/write-file.ts'
import { turnOf, within } from '../plugins/run-plugin.ts'
import { sql } from '../postgres/sql.ts'
import type { Message } from './message.ts'
import { lockMessage, readMessage } from './statements.ts'

const patience = 60_000
/** What a file may be where a channel says nothing. */
const usual = {
  count: 10,
  bytes: 10 * 1024 * 1024,
  types: ['image/*', 'audio/*', 'video/*', 'application/pdf', 'text/vcard'],
}

type Item = Message['media'][number]

/**
 * Fetches the files of a message that came in, within the limits of its channel, and keeps them for as long as the lead. What is no file
 * that it may keep is said so. Safe to run twice: what is kept is not fetched again.
 */
export async function fetchMedia(
  core: Core,
  { workspaceId, messageId }: { workspaceId: string; messageId: string },
): Promise<void> {
  const message = await core.inWorkspace(workspaceId, (tx) => readMessage(tx, workspaceId, messageId))
  const found = channelsOf(core).find(({ channel }) => channel.id === message?.channel)
  const turn = found && (await turnOf(core, workspaceId, found.plugin))
  if (!message || !found || !turn) return
  for (const [i, item] of message.media.entries()) {
    if (item.fileId || item.problem) continue
    const kept = await within(patience, found.plugin, (signal) =>
      keep(core, workspaceId, message, item, found.channel, (media) =>
        found.channel.fetchMedia
          ? found.channel.fetchMedia(media, turn.context)
          : turn.context.fetch(media.url, { signal }),
      ),
    )
    await note(core, workspaceId, messageId, i, kept)
  }
}

/** Throws what may go better next time. */
async function keep(
  core: Core,
  workspaceId: string,
  { leadId }: Pick<Message, 'leadId'>,
  { url, type: told, name }: Item,
  { limits }: Channel,
  fetch: (media: Media) => Promise<Response>,
): Promise<Partial<Item>> {
  const { bytes, types } = limits?.media ?? usual
  let response: Response
  try {
    response = await fetch({ url, ...(told && { type: told }), ...(name && { name }) })
  } catch (error) {
    if (error instanceof LeadNestError) return { problem: error.message }
    throw error
  }
  if (response.status >= 500 || response.status === 429) throw new Error(`The provider answers ${response.status}.`)
  if (!response.ok || !response.body) return { problem: `The provider answers ${response.status}.` }
  const type = (response.headers.get('content-type') ?? told ?? '').split(';')[0]!.trim().toLowerCase()
  if (!types.some((one) => (one.endsWith('/*') ? type.startsWith(one.slice(0, -1)) : one === type)))
    return { problem: `A file of type ${type || 'unknown'} is not kept.` }
  try {
    const about = { name: name ?? 'file', type, purpose: 'media', limit: bytes, leadId }
    const file = await writeFile(core, workspaceId, response.body, about)
    return { fileId: file.id, type }
  } catch (error) {
    if (error instanceof LeadNestError && error.code === 'body_too_large') return { problem: error.message }
    throw error
  }
}

async function note(core: Core, workspaceId: string, messageId: string, i: number, kept: Partial<Item>): Promise<void> {
  const stored = await core.inWorkspace(workspaceId, async (tx) => {
    const message = await lockMessage(tx, workspaceId, messageId)
    if (!message || message.media[i]?.fileId) return false
    const media = message.media.map((item, at) => (at === i ? { ...item, ...kept } : item))
    await tx.query(sql`
      update messages set media = ${JSON.stringify(media)} where workspace_id = ${workspaceId} and id = ${messageId}`)
    return true
  })
  // The message was erased meanwhile, or another run was faster.
  if (!stored && kept.fileId) await removeFile(core, workspaceId, kept.fileId)
}
