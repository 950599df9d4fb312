import type { PageCall, Pages, PluginContext } from '@leadnest/core/plugin'
import { ReplayInput, replay, retry } from '../deliveries/replay.ts'
import { sendTest } from '../deliveries/send-test.ts'
import { deleteEndpoint, rotateSecret, updateEndpoint } from '../endpoints/save-endpoint.ts'
import { checked } from './checked.ts'
import { drawDelivery } from './delivery.ts'
import { drawEndpoint, drawList, Replay } from './endpoint.ts'
import { create, drawEdit, drawNew, drawSecret, save } from './form.ts'

/** The pages of the admin. */
export const pages: Pages<unknown> = {
  'GET /': { title: 'Webhooks', menu: true, icon: 'webhook', draw: drawList },
  'GET /endpoints/new': { title: 'New endpoint', scope: 'settings:write', draw: drawNew },
  'POST /endpoints/new': { run: create },
  'GET /endpoints/:id': { title: 'Endpoint', draw: drawEndpoint },
  'GET /endpoints/:id/edit': { title: 'Edit endpoint', scope: 'settings:write', draw: drawEdit },
  'POST /endpoints/:id/edit': { run: save },
  'POST /endpoints/:id/test': {
    async run({ params, principal }, context) {
      const { id, status } = await sendTest(context, principal, params.id!)
      return { to: `/deliveries/${id}`, notice: status === 'succeeded' ? 'It was taken.' : 'It was not taken.' }
    },
  },
  'POST /endpoints/:id/rotate': {
    run: async (call, context) => drawSecret(call, await rotateSecret(context, call.params.id!), 'New secret'),
  },
  'POST /endpoints/:id/enable': { run: (call, context) => turn(call, context, true) },
  'POST /endpoints/:id/disable': { run: (call, context) => turn(call, context, false) },
  'POST /endpoints/:id/delete': {
    async run({ params }, context) {
      await deleteEndpoint(context, params.id!)
      return { to: '/', notice: 'The endpoint is gone, and its log with it.' }
    },
  },
  'POST /endpoints/:id/replay': {
    async run({ read, params }, context) {
      await replay(context, params.id!, checked(ReplayInput, read(Replay)))
      return { to: `/endpoints/${params.id}`, notice: 'What happened then is being sent again.' }
    },
  },
  'GET /deliveries/:id': { title: 'Delivery', draw: drawDelivery },
  'POST /deliveries/:id/retry': {
    async run({ params }, context) {
      await retry(context, params.id!)
      return { to: `/deliveries/${params.id}`, notice: 'It is being sent again.' }
    },
  },
}

async function turn({ params, principal }: PageCall, context: PluginContext, enabled: boolean) {
  await updateEndpoint(context, principal, params.id!, { enabled })
  return {
    to: `/endpoints/${params.id}`,
    notice: enabled
      ? 'It is on again. What happened meanwhile can be replayed.'
      : 'It is off, and what waited for it ended.',
  }
}
