import { addressedChannels, addressKind } from '../suppressions/address.ts'
import type { Channel, ChannelDefinition } from './channel.ts'

/**
 * Checks a channel's shape where it is written; its settings are those of the plugin that brings it. Throws an Error that
 * names the part at fault.
 *
 * @example
 * const pigeon = defineChannel<Settings>({ id: 'sms', title: 'Pigeon', address: 'phone', measure, send })
 */
export function defineChannel<Settings>(definition: ChannelDefinition<Settings>): ChannelDefinition<Settings> {
  const { id, address, limits = {} } = definition
  if (addressKind(id) !== address)
    throw new Error(
      `The channel “${id}” cannot reach people by ${address}. There are ${addressedChannels.map((name) => `${name} (${addressKind(name)})`).join(', ')}.`,
    )
  const { characters = 1, media = { count: 0, bytes: 0, types: [] }, perSecond = 1 } = limits
  if (!(characters >= 1) || !(perSecond > 0) || !(media.count >= 0) || !(media.bytes >= 0))
    throw new Error(`The limits of the channel ${id} must be numbers, and no less than nothing.`)
  return definition
}

/** What speaks against a plugin's channels, where it is written. */
export function checkChannels(plugin: { id: string; capabilities?: string[]; channels?: Channel[] }): void {
  if (!plugin.channels?.length) return
  if (!plugin.capabilities?.includes('channels'))
    throw new Error(`The plugin ${plugin.id} brings a channel. Let it: add 'channels' to its capabilities.`)
  for (const channel of plugin.channels) defineChannel(channel)
}
