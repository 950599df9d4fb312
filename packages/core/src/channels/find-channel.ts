import type { Core } from '../core.ts'
import { invalid, LeadNestError } from '../errors.ts'
import type { Plugin } from '../plugins/define-plugin.ts'
import { type Turn, turnOf } from '../plugins/run-plugin.ts'
import type { Channel } from './channel.ts'

export interface FoundChannel {
  plugin: Plugin
  channel: Channel
}

/** A channel that works in this workspace. */
export interface ReadyChannel extends FoundChannel {
  turn: Turn
}

/** Every channel that the installation has. */
export const channelsOf = ({ plugins }: Pick<Core, 'plugins'>): FoundChannel[] =>
  plugins.flatMap((plugin) => (plugin.channels ?? []).map((channel: Channel) => ({ plugin, channel })))

/** Throws `invalid_input` at `path` for one that no plugin brings. */
export function findChannel(core: Core, id: string, path = 'channel'): FoundChannel {
  const all = channelsOf(core)
  const found = all.find(({ channel }) => channel.id === id)
  if (found) return found
  const names = all.map(({ channel }) => channel.id).join(', ')
  throw invalid(
    path,
    names ? `No plugin brings this channel. There are: ${names}.` : 'No plugin of this installation brings a channel.',
  )
}

/** Throws `invalid_input` at `channel`, and `plugin_off` where its plugin is off here or needs settings. */
export async function readyChannel(core: Core, workspaceId: string, id: string): Promise<ReadyChannel> {
  const found = findChannel(core, id)
  const turn = await turnOf(core, workspaceId, found.plugin)
  if (!turn)
    throw new LeadNestError(
      'plugin_off',
      `The plugin ${found.plugin.name} is off in this workspace, or needs settings. Turn it on under Settings → Plugins.`,
    )
  return { ...found, turn }
}
