import type { Core } from '../core.ts'
import type { Plugin } from './define-plugin.ts'
import { isHtml } from './html.ts'
import type { DrawnPanel, Panel, PanelCall, Panels } from './panel.ts'
import { turnOf, watched } from './run-plugin.ts'

/** How long a panel may take, in ms: a page waits for it. */
const patience = 1000

type Call = Omit<PanelCall, 'at' | 'signal'> & object

/**
 * The panels of all plugins that stand at a place, side by side. `call` is what they are told of it. One that fails or takes
 * longer is there with its fault; those of plugins that are off are not.
 */
export async function drawPanels(
  core: Core,
  place: keyof Panels<unknown>,
  call: Call,
  atOf: (plugin: Plugin) => string,
): Promise<DrawnPanel[]> {
  const panels = core.plugins.flatMap((plugin) =>
    [(plugin.panels?.[place] ?? []) as Panel<unknown> | Panel<unknown>[]].flat().map((panel) => ({ plugin, panel })),
  )
  const drawn = panels
    .filter(({ panel: { scope = 'leads:read' } }) => call.principal.scopes.includes(scope))
    .map(({ plugin, panel }) => draw(core, plugin, panel, { ...call, at: atOf(plugin) }))
  return (await Promise.all(drawn)).flatMap((panel) => panel ?? [])
}

async function draw(
  core: Core,
  plugin: Plugin,
  panel: Panel<unknown>,
  call: Omit<PanelCall, 'signal'>,
): Promise<DrawnPanel | undefined> {
  const { title } = panel
  const { workspaceId } = call.principal
  try {
    const turn = await turnOf(core, workspaceId, plugin, call.by)
    if (!turn) return undefined
    if (turn.restsFor > 0) return { title, body: null, fault: `The plugin ${plugin.name} rests after failures.` }
    const body = await watched(core, workspaceId, plugin, patience, (signal) =>
      panel.draw({ ...call, signal }, turn.context),
    )
    if (body === undefined || body === null) return undefined
    if (!isHtml(body))
      throw new Error(`The panel “${title}” of the plugin ${plugin.id} is no markup. Draw it by html\`…\`.`)
    return { title, body, fault: null }
  } catch (error) {
    core.log.warn({ plugin: plugin.id, workspaceId, err: error }, 'a panel of a plugin failed')
    return { title, body: null, fault: `The plugin ${plugin.name} could not draw this.` }
  }
}
