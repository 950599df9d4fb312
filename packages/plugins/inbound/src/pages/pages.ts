import { html, type Pages } from '@leadnest/core/plugin'
import { replayCall } from '../calls/list-calls.ts'
import { getSource, listSources } from '../sources/find-sources.ts'
import { createSource, deleteSource, updateSource } from '../sources/save-source.ts'
import { callPage } from './call-page.ts'
import { AddSource, addForm, sourceList, sourceMade } from './list-page.ts'
import { readMapping, readSample, sourcePage } from './source-page.ts'

/** The plugin's place in the admin. */
export const pages: Pages<unknown> = {
  'GET /': {
    title: 'Inbound',
    menu: true,
    icon: 'inbox',
    async draw(call, context) {
      const [sources, forms] = await Promise.all([listSources(context), context.forms.list()])
      return html`${sourceList(call, sources, forms)} ${addForm(call, forms)}`
    },
  },
  'POST /add': {
    async run(call, context) {
      const input = call.read(AddSource(await context.forms.list()))
      return sourceMade(call, await createSource(context, { ...input, mapping: {}, enabled: true }))
    },
  },
  'GET /sources/:id': {
    title: 'Source',
    scope: 'leads:read',
    draw: async (call, context) => sourcePage(call, context, await getSource(context, call.params.id!)),
  },
  'POST /sources/:id/sample': {
    async run(call, context) {
      const sample = readSample(call.typed.sample ?? '')
      return sourcePage(call, context, await getSource(context, call.params.id!), sample)
    },
  },
  'POST /sources/:id/mapping': {
    async run(call, context) {
      const id = call.params.id!
      await updateSource(context, id, { mapping: await readMapping(call, context, await getSource(context, id)) })
      return { to: `/sources/${id}`, notice: 'The mapping is saved.' }
    },
  },
  'POST /sources/:id/turn': {
    async run({ params, typed }, context) {
      const { name, enabled } = await updateSource(context, params.id!, { enabled: typed.enabled === 'true' })
      return { to: `/sources/${params.id}`, notice: `${name} is ${enabled ? 'on' : 'off'}.` }
    },
  },
  'POST /sources/:id/delete': {
    async run({ params }, context) {
      const { name } = await getSource(context, params.id!)
      await deleteSource(context, params.id!)
      return { to: '/', notice: `Removed ${name}.` }
    },
  },
  'GET /calls/:id': { title: 'Call', scope: 'leads:read', draw: callPage },
  'POST /calls/:id/replay': {
    async run({ params }, context) {
      const { sourceId } = await replayCall(context, params.id!)
      return { to: `/sources/${sourceId}`, notice: 'It is tried again.' }
    },
  },
}
