import type { Plugin } from './define-plugin.ts'

/** Throws an Error that names the page at fault. */
export function checkPages({ id, pages = {} }: Pick<Plugin, 'id' | 'pages'>): void {
  for (const [route, page] of Object.entries(pages)) {
    if (!/^(GET|POST) \/([\w.-]+|:\w+)?(\/([\w.-]+|:\w+))*$/.test(route))
      throw new Error(`The page “${route}” of the plugin ${id} must look like “GET /deliveries/:id”.`)
    const drawn = route.startsWith('GET')
    if (drawn ? !('draw' in page && page.title) : !('run' in page))
      throw new Error(`The page “${route}” of the plugin ${id} needs ${drawn ? 'a title, and draw' : 'run'}.`)
    if ('menu' in page && page.menu && route.includes(':'))
      throw new Error(`The page “${route}” of the plugin ${id} cannot stand in the menu: nobody could say which it is.`)
  }
}

/** Pages that differ in the names of their parameters only, of which one would never be asked: a line for each. */
export function samePages({ id, pages = {} }: Plugin): string[] {
  const shapes = Object.keys(pages).map((route) => ({ route, shape: route.replace(/:\w+/g, ':') }))
  return shapes.flatMap(({ route, shape }, i) => {
    const other = shapes.slice(0, i).find((one) => one.shape === shape)
    return other
      ? [`The plugin ${id} has two pages at one path: ${other.route} and ${route}. Leave one of them out.`]
      : []
  })
}
