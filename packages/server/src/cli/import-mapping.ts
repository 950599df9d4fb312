import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Core } from '@leadnest/core'
import type { ImportPowers } from '@leadnest/core/plugin'
import { ConfigError } from '../config.ts'
import { answerHere } from './plugin-route.ts'

type Mapping = NonNullable<Parameters<ImportPowers['begin']>[0]['mapping']>
type Rule = Exclude<Mapping[string], string>

/** Where columns go by `--map`. Throws `ConfigError` for what is no object of places. */
export async function mappingIn(given: string[]): Promise<Mapping | undefined> {
  if (given.length === 0) return undefined
  const mapping: Mapping = {}
  for (const text of given) {
    const more = await placesIn(text)
    const twice = Object.keys(more).find(
      (column) => Object.hasOwn(mapping, column) && !isDeepStrictEqual(mapping[column], more[column]),
    )
    if (twice !== undefined) throw new ConfigError(`--map: “${twice}” is sent to two places. Leave one of them out.`)
    Object.assign(mapping, more)
  }
  return mapping
}

async function placesIn(text: string): Promise<Mapping> {
  if (text.startsWith('{')) return objectIn<Mapping>(text, '--map')
  const [, named, rule] = /^(.+?)=\s*(\{.*)$/s.exec(text) ?? []
  if (named && rule) return { [named]: objectIn<Rule>(rule, `--map ${named}`, '{"to":"name","parts":true}') }
  const at = text.lastIndexOf('=')
  if (at < 0) return objectIn<Mapping>(await contentOf(text), text)
  const [column, target] = [text.slice(0, at), text.slice(at + 1).trim()]
  if (column === '' || target === '')
    throw new ConfigError(`--map ${text}: write <column>=<target>, as in "Wer=name", or "Wer=ignore" to leave it out.`)
  return { [column]: target }
}

function objectIn<T extends object>(text: string, where: string, example = '{"Wer":"name"}'): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {}
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T
  throw new ConfigError(`${where}: expected an object of JSON, like ${example}.`)
}

const contentOf = (file: string) =>
  readFile(file, 'utf8').catch(() => {
    throw new ConfigError(`--map ${file}: write <column>=<target>, or name a file with JSON.`)
  })

/** What was saved under a name, or an id. Throws `ConfigError` with the names that there are. */
export async function savedMapping(core: Core, workspaceId: string, wanted: string): Promise<Mapping> {
  const { data } = (await answerHere(core, workspaceId, 'GET /v1/import-mappings')) as {
    data: { id: string; name: string; mapping: Mapping }[]
  }
  const found = data.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.trim().toLowerCase())
  if (found) return found.mapping
  const names = data.map(({ name }) => `“${name}”`).join(', ')
  throw new ConfigError(
    `--mapping: none is called “${wanted}”. ${names ? `There are ${names}.` : 'None was saved yet: save one where you map a file in the admin.'}`,
  )
}
