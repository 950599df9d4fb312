import type { Plugin } from './define-plugin.ts'

/** Throws an Error that names the field type at fault. */
export function checkFormFields({ id, fields = {}, routes = {} }: Pick<Plugin, 'id' | 'fields' | 'routes'>): void {
  for (const [name, { title, element, check, script }] of Object.entries(fields)) {
    const which = `The field type ${name} of the plugin ${id}`
    if (!/^[a-z][a-z0-9_-]{0,49}$/.test(name))
      throw new Error(`The field type “${name}” of the plugin ${id} must be named in small letters, digits, - and _.`)
    if (!title || !script || typeof check !== 'function') throw new Error(`${which} needs a title, a script and check.`)
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(element))
      throw new Error(`${which} needs an element with a hyphen in its name, as in ${id}-${name}.`)
  }
  const taken = Object.keys(fields).length > 0 && Object.keys(routes).find((route) => /^GET \/fields\//.test(route))
  if (taken)
    throw new Error(`The route “${taken}” of the plugin ${id} is where the scripts of its fields are. Rename it.`)
}

/** Elements of one name, of which a page could have only one: a line for each. */
export function sameElements(plugin: Plugin, others: Plugin[]): string[] {
  const elementsOf = ({ id, fields = {} }: Plugin) =>
    Object.entries(fields).map(([name, { element }]) => ({ element, whose: `${id}/${name}` }))
  const known = others.flatMap(elementsOf)
  return elementsOf(plugin).flatMap(({ element, whose }, i, own) => {
    const other = [...known, ...own.slice(0, i)].find((one) => one.element === element)
    return other
      ? [`The field types ${other.whose} and ${whose} have one element, <${element}>. Rename one of them.`]
      : []
  })
}
