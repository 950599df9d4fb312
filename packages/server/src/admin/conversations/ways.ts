import type { ChannelView, Lead } from '@leadnest/core'

/** The channels by which somebody can be written to now. */
export const waysTo = (lead: Lead, channels: ChannelView[]): ChannelView[] =>
  channels.filter(({ ready, address }) => ready && lead[address] !== null)
