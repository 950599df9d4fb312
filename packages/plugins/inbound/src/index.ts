import { defineApi, definePlugin } from '@leadnest/core/plugin'
import { listCalls, replayCall } from './calls/list-calls.ts'
import { ownCalls } from './calls/own-calls.ts'
import { settleCall } from './calls/settle-call.ts'
import { confirmHook, takeCall } from './calls/take-call.ts'
import { tidy } from './calls/tidy.ts'
import { endpoints } from './contract.ts'
import { pages } from './pages/pages.ts'
import { getSource, listSources } from './sources/find-sources.ts'
import { createSource, deleteSource, updateSource } from './sources/save-source.ts'
import { trySource } from './sources/try-source.ts'
import { migrations } from './tables.ts'

/** What Typeform, Meta Lead Ads, Zapier and whatever sends JSON tell becomes submissions of a form, by a mapping. */
export const inbound = () =>
  definePlugin({
    id: 'inbound',
    name: 'Inbound',
    version: '0.1.0',
    leadnest: '^0.1',
    capabilities: ['forms:read', 'submissions:write', 'leads:read', 'tables', 'http:graph.facebook.com'],
    migrations,
    routes: {
      'POST /:workspace/:source': takeCall,
      'GET /:workspace/:source': confirmHook,
    },
    on: { 'lead.captured': ownCalls, 'lead.created': ownCalls, 'lead.updated': ownCalls },
    jobs: {
      settle: { run: (payload, context) => settleCall((payload as { callId: string }).callId, context) },
      tidy: { cron: '41 * * * *', run: (_, context) => tidy(context) },
    },
    api: defineApi(endpoints, {
      'GET /v1/inbound-sources': async (_, context) => ({ data: await listSources(context), nextCursor: null }),
      'POST /v1/inbound-sources': ({ body }, context) => createSource(context, body),
      'GET /v1/inbound-sources/:id': ({ params }, context) => getSource(context, params.id),
      'PATCH /v1/inbound-sources/:id': ({ params, body }, context) => updateSource(context, params.id, body),
      async 'DELETE /v1/inbound-sources/:id'({ params }, context) {
        await deleteSource(context, params.id)
        return null
      },
      'POST /v1/inbound-sources/:id/test': async ({ params, body }, context) =>
        trySource(context, await getSource(context, params.id), body.sample),
      'GET /v1/inbound-sources/:id/calls': ({ params, query }, context) => listCalls(context, params.id, query),
      'POST /v1/inbound-calls/:id/replay': ({ params }, context) => replayCall(context, params.id),
    }),
    pages,
  })
