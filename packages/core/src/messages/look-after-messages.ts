import { everyWorkspace } from '../accounts/every-workspace.ts'
import { channelsOf } from '../channels/find-channel.ts'
import type { Core } from '../core.ts'
import { bySystem } from '../events/event.ts'
import { turnOf } from '../plugins/run-plugin.ts'
import { sql } from '../postgres/sql.ts'
import { askLater } from './conclude-message.ts'
import { settle } from './settle-message.ts'
import { lockMessage, scheduleSend } from './statements.ts'

/** After so long, in ms, whoever had taken a message has died over it. */
const forgotten = 2 * 60_000
/** Jobs come by themselves; after so long, in ms, one was lost. */
const late = 60_000
const most = 1000

/** Every minute: messages that somebody died over are unknown, and those whose job was lost get another. */
export async function lookAfterMessages(core: Core): Promise<void> {
  for (const workspaceId of await everyWorkspace(core)) {
    const now = core.now().getTime()
    const resting = await restingChannels(core, workspaceId)
    const { stuck, due } = await core.inWorkspace(workspaceId, async (tx) => ({
      stuck: await tx.query<{ id: string }>(sql`
        select id from messages
        where workspace_id = ${workspaceId} and status = 'sending' and provider_id is null and claimed_at <= ${new Date(now - forgotten)}
        limit ${most}`),
      due: await tx.query<{ id: string }>(sql`
        select id from messages
        where workspace_id = ${workspaceId} and status in ('queued', 'scheduled') and due_at <= ${new Date(now - late)}
          and channel <> all(${resting}::text[])
        order by due_at limit ${most}`),
    }))
    for (const { id } of stuck) await giveUpOn(core, workspaceId, id)
    if (due.length > 0)
      await core.inWorkspace(workspaceId, async (tx) => {
        for (const { id } of due) await scheduleSend(tx, workspaceId, id)
      })
  }
}

/** What waits there has jobs, for when the plugin works again. */
async function restingChannels(core: Core, workspaceId: string): Promise<string[]> {
  const all = await Promise.all(
    channelsOf(core).map(async ({ plugin, channel }) => {
      const turn = await turnOf(core, workspaceId, plugin)
      return turn && turn.restsFor > 0 ? [channel.id] : []
    }),
  )
  return all.flat()
}

async function giveUpOn(core: Core, workspaceId: string, messageId: string): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    const message = await lockMessage(tx, workspaceId, messageId)
    if (message?.status !== 'sending' || message.providerId) return
    const error = { code: 'unknown', detail: 'The server stopped while the provider had it.' }
    await settle(tx, workspaceId, message, 'unknown', { error, by: bySystem, at: core.now() })
    await askLater(core, tx, workspaceId, messageId, 0)
  })
}
