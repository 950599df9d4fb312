import { defineApi, definePlugin } from '@leadnest/core/plugin'
import { endpoints } from './contract.ts'
import { fanOut } from './deliveries/fan-out.ts'
import { getDelivery, listDeliveries } from './deliveries/list-deliveries.ts'
import { type Replay, replay, replayNext, retry } from './deliveries/replay.ts'
import { send } from './deliveries/send.ts'
import { sendTest } from './deliveries/send-test.ts'
import { tidy } from './deliveries/tidy.ts'
import { getEndpoint, listEndpoints } from './endpoints/find-endpoints.ts'
import { reseal } from './endpoints/reseal.ts'
import { createEndpoint, deleteEndpoint, rotateSecret, updateEndpoint } from './endpoints/save-endpoint.ts'
import { pages } from './pages/pages.ts'
import { migrations } from './tables.ts'

/** Tells other systems what happens, as Standard Webhooks says: signed, tried again for three days, written down, and replayed on demand. */
export const webhooks = () =>
  definePlugin({
    id: 'webhooks',
    name: 'Webhooks',
    version: '0.1.0',
    capabilities: ['leads:read', 'events:read', 'tables', 'http:*'],
    migrations,
    pages,
    onEvents: fanOut,
    jobs: {
      send: { run: (payload, context) => send(payload as { endpointId: string }, context) },
      replay: { run: (payload, context) => replayNext(payload as Replay, context) },
      tidy: {
        cron: '17 * * * *',
        async run(_, context) {
          await reseal(context)
          await tidy(context)
        },
      },
    },
    api: defineApi(endpoints, {
      'GET /v1/webhook-endpoints': async (_, context) => ({ data: await listEndpoints(context), nextCursor: null }),
      'POST /v1/webhook-endpoints': ({ principal, body }, context) => createEndpoint(context, principal, body),
      'GET /v1/webhook-endpoints/:id': ({ params }, context) => getEndpoint(context, params.id),
      'PATCH /v1/webhook-endpoints/:id': ({ principal, params, body }, context) =>
        updateEndpoint(context, principal, params.id, body),
      async 'DELETE /v1/webhook-endpoints/:id'({ params }, context) {
        await deleteEndpoint(context, params.id)
        return null
      },
      'POST /v1/webhook-endpoints/:id/rotate-secret': ({ params }, context) => rotateSecret(context, params.id),
      'POST /v1/webhook-endpoints/:id/test': ({ principal, params }, context) =>
        sendTest(context, principal, params.id),
      'POST /v1/webhook-endpoints/:id/enable': ({ principal, params }, context) =>
        updateEndpoint(context, principal, params.id, { enabled: true }),
      'GET /v1/webhook-endpoints/:id/deliveries': ({ params, query }, context) =>
        listDeliveries(context, params.id, query),
      'POST /v1/webhook-endpoints/:id/replay': ({ params, body }, context) => replay(context, params.id, body),
      'GET /v1/webhook-deliveries/:id': ({ principal, params }, context) => getDelivery(context, principal, params.id),
      'POST /v1/webhook-deliveries/:id/retry': ({ params }, context) => retry(context, params.id),
    }),
  })
