import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { ChannelSettingsPatch } from './channel-settings.ts'
import { ChannelView } from './channel-view.ts'

export const channelEndpoints = {
  'GET /v1/channels': {
    summary: 'The channels that plugins bring, whether each can be used here, and how this workspace uses it',
    access: 'leads:read',
    returns: v.object({ data: v.array(ChannelView), nextCursor: v.null() }),
  },
  'PATCH /v1/channels/:id': {
    summary: 'Change how a channel is used: quiet hours, pace, words that opt out, what answers by itself',
    access: 'settings:write',
    body: ChannelSettingsPatch,
    example: { quietHours: { from: '21:00', to: '08:00' } },
    returns: ChannelView,
    errors: ['unknown_reference'],
  },
} as const satisfies Record<string, Endpoint>
