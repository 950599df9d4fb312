import { readFileSync } from 'node:fs'
import semver from 'semver'
import { contract } from '../contract.ts'
import { sameElements } from './check-form-fields.ts'
import { samePages } from './check-pages.ts'
import type { Plugin } from './define-plugin.ts'
import { tablePrefix } from './migrate-plugins.ts'

let version: string | undefined

/** The version of LeadNest, as plugins name it. Sources lie one folder deeper than what is built from them. */
export function leadnestVersion(): string {
  version ??= (
    JSON.parse(
      readFileSync(
        new URL(import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json', import.meta.url),
        'utf8',
      ),
    ) as { version: string }
  ).version
  return version
}

/** What speaks against running these plugins together, each as a line for an operator; empty where nothing does. */
export function problemsOf(plugins: Plugin[]): string[] {
  return plugins.flatMap((plugin, i) => {
    const { id, leadnest } = plugin
    const others = plugins.slice(0, i)
    const same = others.find((other) => other.id === id)
    if (same) return [`Two plugins are called ${id}: ${same.name} and ${plugin.name}. List one of them.`]
    const prefix = tablePrefix(id)
    const nested = others.find((other) => {
      const theirs = tablePrefix(other.id)
      return prefix.startsWith(theirs) || theirs.startsWith(prefix)
    })
    const taken = (plugin.channels ?? []).flatMap((channel) => {
      const other = others.find(({ channels = [] }) => channels.some((one) => one.id === channel.id))
      return other ? [`The plugins ${other.id} and ${id} both bring the channel ${channel.id}. List one of them.`] : []
    })
    return [
      ...taken,
      ...(nested
        ? [`The tables of the plugins ${id} and ${nested.id} could not be told apart. Rename one of them.`]
        : []),
      ...routeClashes(plugin, others),
      ...samePages(plugin),
      ...sameElements(plugin, others),
      ...(leadnest !== undefined && !semver.satisfies(leadnestVersion(), leadnest, { includePrerelease: true })
        ? [
            `The plugin ${id} works with LeadNest ${leadnest}; this is ${leadnestVersion()}. Use a version of it that fits.`,
          ]
        : []),
    ]
  })
}

/** Routes of the API that somebody else answers already; of two patterns for one path only the first would ever be asked. */
function routeClashes(plugin: Plugin, others: Plugin[]): string[] {
  const taken = [
    ...Object.keys(contract).map((route) => ({ route, whose: 'LeadNest itself' })),
    ...others.flatMap(({ id, api = {} }) => Object.keys(api).map((route) => ({ route, whose: `the plugin ${id}` }))),
  ]
  return Object.keys(plugin.api ?? {}).flatMap((route) => {
    const other = taken.find((one) => isSamePath(one.route, route))
    return other
      ? [
          `The plugin ${plugin.id} answers ${route}, and ${other.whose} answers ${other.route}. Let it use another path.`,
        ]
      : []
  })
}

function isSamePath(one: string, other: string): boolean {
  const [ones, others] = [one.split(/[ /]+/), other.split(/[ /]+/)]
  return (
    ones.length === others.length &&
    ones.every((part, i) => part === others[i] || part.startsWith(':') || others[i]!.startsWith(':'))
  )
}

/** Throws an Error with a line for each thing that speaks against these plugins. */
export function checkPlugins(plugins: Plugin[]): void {
  const problems = problemsOf(plugins)
  if (problems.length > 0) throw new Error(problems.join('\n'))
}
