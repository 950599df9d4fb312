import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { PluginPatch, PluginView } from './plugin-view.ts'

export const pluginEndpoints = {
  'GET /v1/plugins': {
    summary: 'The plugins of the installation, as this workspace has them',
    access: 'settings:read',
    returns: v.object({ data: v.array(PluginView), nextCursor: v.null() }),
  },
  'GET /v1/plugins/:id': {
    summary: 'One plugin: what it may do, what it asks, and how it fares; secrets are not shown',
    access: 'settings:read',
    returns: PluginView,
  },
  'PATCH /v1/plugins/:id': {
    summary: 'Turn a plugin on or off, and set what it asks; either ends its rest after failures',
    access: 'settings:write',
    body: PluginPatch,
    example: { enabled: true },
    returns: PluginView,
    errors: ['name_taken'],
  },
  'POST /v1/plugins/:id/check': {
    summary: 'Ask a plugin whether it reaches what it works with',
    access: 'settings:write',
    returns: v.object({ ok: v.boolean(), detail: v.nullable(v.string()) }),
  },
} as const satisfies Record<string, Endpoint>
