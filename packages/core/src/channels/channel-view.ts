import * as v from 'valibot'
import { ChannelSettings } from './channel-settings.ts'

/** A channel as a workspace has it. */
export const ChannelView = v.object({
  id: v.string(),
  title: v.string(),
  address: v.picklist(['phone', 'email']),
  pluginId: v.string(),
  pluginName: v.string(),
  /** Whether messages can be sent now; else `problem` says why not. */
  ready: v.boolean(),
  problem: v.nullable(v.picklist(['off', 'needs_settings', 'resting'])),
  /** The usual one first. */
  senders: v.array(v.string()),
  limits: v.object({
    characters: v.nullable(v.number()),
    subject: v.boolean(),
    media: v.nullable(v.object({ count: v.number(), bytes: v.number(), types: v.array(v.string()) })),
    perSecond: v.nullable(v.number()),
  }),
  settings: ChannelSettings,
})

export type ChannelView = v.InferOutput<typeof ChannelView>
