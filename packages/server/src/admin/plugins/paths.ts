import type { PageRoute, Plugin, Session } from '@leadnest/core'

/** Where a plugin's pages begin. */
export const pagesOf = ({ id }: Pick<Plugin, 'id'>) => `/admin/plugins/${id}`

/** One of a plugin's pages, and what the names in its path are. */
export interface PagePath {
  route: PageRoute
  params: Record<string, string>
}

export function pathOf(route: PageRoute): { method: string; path: string } {
  const [method, path] = route.split(' ') as [string, string]
  return { method, path }
}

/** The address of a page, without its query. */
export function addressOf(plugin: Plugin, { route, params }: PagePath): string {
  const path = pathOf(route).path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name]!))
  return pagesOf(plugin) + (path === '/' ? '' : path)
}

const shapeOf = (path: string) => path.replace(/:\w+/g, ':')

/**
 * The nearest page above this one: `GET /shops/:id` of `POST /shops/:id/close`, else `GET /shops`, else `GET /`. What was
 * posted to the path of a page belongs to that page itself.
 */
export function pageAbove(plugin: Plugin, { route, params }: PagePath): PagePath | undefined {
  const { method, path } = pathOf(route)
  const segments = path.split('/').filter(Boolean)
  const drawn = (Object.keys(plugin.pages ?? {}) as PageRoute[]).filter((other) => other.startsWith('GET '))
  for (let length = method === 'POST' ? segments.length : segments.length - 1; length >= 0; length--) {
    const start = `/${segments.slice(0, length).join('/')}`
    const found = drawn.find((other) => shapeOf(pathOf(other).path) === shapeOf(start))
    if (found) return { route: found, params: renamed(start, pathOf(found).path, params) }
  }
  return undefined
}

/** The same values under the names that another page has for them. */
function renamed(from: string, to: string, params: Record<string, string>): Record<string, string> {
  const names = from.split('/')
  return Object.fromEntries(
    to.split('/').flatMap((part, i) => (part.startsWith(':') ? [[part.slice(1), params[names[i]!.slice(1)]!]] : [])),
  )
}

export function titleOf(plugin: Plugin, page: PagePath): string {
  const drawn = pathOf(page.route).method === 'GET' ? page : pageAbove(plugin, page)
  const found = drawn && plugin.pages![drawn.route]
  return found && 'title' in found ? found.title : plugin.name
}

/** The place in the navigation that an address belongs to. */
export function placeOf({ pages }: Session, plugin: Plugin, address: string): string | undefined {
  return pages
    .filter(({ pluginId }) => pluginId === plugin.id)
    .map(({ path }) => pagesOf(plugin) + (path === '/' ? '' : path))
    .filter((place) => address === place || address.startsWith(`${place}/`))
    .sort((one, other) => other.length - one.length)[0]
}
