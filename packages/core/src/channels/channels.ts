import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import { changesIn } from '../events/changes.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { readState, settingsIn } from '../plugins/states.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { ChannelSettings, type ChannelSettingsPatch } from './channel-settings.ts'
import type { ChannelView } from './channel-view.ts'
import { channelsOf, type FoundChannel } from './find-channel.ts'
import { readChannelSettings } from './read-settings.ts'

/** The channels of the installation, whether or not they can be used here. */
export function listChannels(core: Core, workspaceId: string): Promise<ChannelView[]> {
  return core.inWorkspace(workspaceId, async (tx) =>
    Promise.all(channelsOf(core).map((found) => viewOf(core, tx, workspaceId, found))),
  )
}

async function viewOf(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { plugin, channel }: FoundChannel,
): Promise<ChannelView> {
  const state = await readState(core, tx, workspaceId, plugin.id)
  const set = settingsIn(plugin, state)
  const rests = state.restingUntil !== null && Date.parse(state.restingUntil) > core.now().getTime()
  const problem = !state.enabled ? 'off' : !set ? 'needs_settings' : rests ? 'resting' : null
  const { characters = null, subject = false, media = null, perSecond = null } = channel.limits ?? {}
  return {
    id: channel.id,
    title: channel.title,
    address: channel.address,
    pluginId: plugin.id,
    pluginName: plugin.name,
    ready: problem === null,
    problem,
    senders: set && channel.senders ? channel.senders(set.settings) : [],
    limits: { characters, subject, media, perSecond },
    settings: await readChannelSettings(tx, workspaceId, channel.id),
  }
}

const names = Object.keys(ChannelSettings.entries) as (keyof ChannelSettings)[]

/** Changes what is named. What changes nothing writes nothing. Throws `not_found` for a channel that no plugin brings. */
export async function updateChannel(
  core: Core,
  workspaceId: string,
  id: string,
  { keywords, ...patch }: ChannelSettingsPatch,
  by: By,
): Promise<ChannelView> {
  const found = channelsOf(core).find(({ channel }) => channel.id === id)
  if (!found) throw notFound('channel')
  const at = core.now()
  const view = await core.inWorkspace(workspaceId, async (tx) => {
    await tx.query(sql`
      insert into channel_settings (workspace_id, channel, settings, updated_at) values (${workspaceId}, ${id}, '{}', ${at})
      on conflict do nothing`)
    const before = await readChannelSettings(tx, workspaceId, id, sql`for update`)
    const after = { ...before, ...patch, keywords: { ...before.keywords, ...keywords } }
    await checkField(tx, workspaceId, after.quietHours?.timeZoneField)
    const changes = changesIn(before, after, names)
    if (Object.keys(changes).length > 0) {
      await tx.query(sql`
        update channel_settings set settings = ${JSON.stringify(after)}, updated_at = ${at}
        where workspace_id = ${workspaceId} and channel = ${id}`)
      const data = { channel: id, changes }
      await recordEvents(tx, workspaceId, [newEvent({ type: 'channel.updated', leadId: null, ...by, data, at })])
    }
    return viewOf(core, tx, workspaceId, found)
  })
  core.recent.forget()
  return view
}

async function checkField(tx: Tx, workspaceId: string, key: string | null | undefined): Promise<void> {
  if (!key) return
  const [field] = await tx.query(
    sql`select 1 as present from fields where workspace_id = ${workspaceId} and key = ${key} and archived_at is null`,
  )
  if (!field)
    throw new LeadNestError('unknown_reference', 'This refers to something that is not there.', {
      issues: [{ path: 'quietHours.timeZoneField', message: 'Leads have no such field.' }],
    })
}
