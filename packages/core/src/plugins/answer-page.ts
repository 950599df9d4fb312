import type { Scope } from '../accounts/account.ts'
import { demand, type Principal } from '../accounts/principal.ts'
import type { Core } from '../core.ts'
import { arriving } from './arriving.ts'
import { askPlugin } from './ask-plugin.ts'
import type { Plugin } from './define-plugin.ts'
import type { MenuPage, PageAnswer, PageCall, Pages } from './page.ts'
import { turnOf } from './run-plugin.ts'

/** How long a page may take, in ms; one that reads a file, since the last of it that came. */
const usual = 10_000
const ofUploads = 15 * 60_000

export type PageRoute = keyof Pages<unknown>

/**
 * Lets a plugin answer on a page of its own, in the name of whoever asks. Throws `forbidden`, `plugin_off`, what the plugin
 * refuses, and `internal` where it fails.
 */
export async function answerPage(
  core: Core,
  plugin: Plugin,
  route: PageRoute,
  call: Omit<PageCall, 'signal'>,
): Promise<PageAnswer> {
  const { principal, by } = call
  demand(principal, pageScope(plugin, route))
  const page = plugin.pages![route]!
  const patience = 'uploads' in page && page.uploads ? ofUploads : usual
  const [answers, what] = 'draw' in page ? [page.draw, 'draw this page'] : [page.run, 'do this']
  return askPlugin(core, plugin, { workspaceId: principal.workspaceId, by, patience, what }, (context, signal, goOn) =>
    answers(
      { ...call, request: patience === ofUploads ? arriving(call.request, goOn) : call.request, signal },
      context,
    ),
  )
}

/** Who may see or send a page. */
export const pageScope = ({ pages }: Plugin, route: PageRoute): Scope =>
  pages![route]!.scope ?? (route.startsWith('GET') ? 'settings:read' : 'settings:write')

/** The pages of plugins that stand in the navigation for this principal. */
export async function menuOf(core: Core, { workspaceId, scopes }: Principal): Promise<MenuPage[]> {
  const pages = await Promise.all(
    core.plugins.map(async (plugin) => {
      const inMenu = Object.entries(plugin.pages ?? {}).flatMap(([route, page]) =>
        'menu' in page && page.menu && scopes.includes(pageScope(plugin, route as PageRoute))
          ? [{ pluginId: plugin.id, title: page.title as string, path: route.replace('GET ', ''), icon: page.icon }]
          : [],
      )
      // A plugin whose state cannot be read is off here: its settings say why, the rest of the admin goes on.
      const works = inMenu.length > 0 && (await turnOf(core, workspaceId, plugin).catch(() => undefined))
      return works ? inMenu : []
    }),
  )
  return pages.flat()
}
