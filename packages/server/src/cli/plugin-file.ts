import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Plugin, problemsOf } from '@leadnest/core'
import { definePlugin } from '@leadnest/core/plugin'
import { ConfigError } from '../config.ts'

/**
 * The plugins that a file exports, as objects or as functions that make them: `./my-plugin/src/index.ts`, or the folder of a
 * package. Throws ConfigError where it has none.
 */
export async function loadPluginFile(given: string): Promise<Plugin[]> {
  const path = entryOf(resolve(given))
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>
  const plugins = [...new Set(Object.values(module))].flatMap((exported) => {
    const made = typeof exported === 'function' && exported.length === 0 ? attempt(exported as () => unknown) : exported
    return isPlugin(made) ? [definePlugin(made)] : []
  })
  if (plugins.length === 0)
    throw new ConfigError(
      `${given} exports no plugin. Export what definePlugin returns, or a function that returns it.`,
    )
  return plugins
}

function entryOf(path: string): string {
  if (!existsSync(path)) throw new ConfigError(`There is no ${path}.`)
  if (!statSync(path).isDirectory()) return path
  const entry = ['src/index.ts', 'dist/index.js', 'index.ts', 'index.js']
    .map((name) => join(path, name))
    .find(existsSync)
  if (!entry) throw new ConfigError(`${path} has no src/index.ts and no dist/index.js. Name the file.`)
  return entry
}

/** Not every function that a file exports makes a plugin. */
function attempt(make: () => unknown): unknown {
  try {
    return make()
  } catch {
    return undefined
  }
}

const isPlugin = (made: unknown): made is Plugin =>
  typeof made === 'object' &&
  made !== null &&
  typeof (made as Plugin).id === 'string' &&
  typeof (made as Plugin).name === 'string'

/** What stands in the way of the plugins of an installation with these in place of their older versions. */
export function problemsWith(listed: Plugin[], newer: Plugin[]): string[] {
  const kept = listed.filter(({ id }) => !newer.some((plugin) => plugin.id === id))
  return problemsOf([...kept, ...newer])
}
