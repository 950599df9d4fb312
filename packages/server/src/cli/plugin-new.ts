import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Plugin } from '@leadnest/core'
import { ConfigError } from '../config.ts'
import { namesOf, ownCore, writePackage } from './plugin-package.ts'

interface NewPlugin {
  folder?: string
  core?: string
}

/** Makes a package with a plugin that works, and returns what to do next. It asks no registry. */
export function newPlugin(given: string, { folder: at = given, core }: NewPlugin, listed: Plugin[]): string {
  const id = given.replace(/^leadnest-plugin-/, '')
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) || id.length > 50)
    throw new ConfigError(
      `“${given}” is no name for a plugin. Use small letters, digits and single hyphens, as in my-plugin; at most 50.`,
    )
  if (listed.some((plugin) => plugin.id === id))
    throw new ConfigError(`leadnest.config.ts lists a plugin ${id} already. Choose another name.`)
  const folder = resolve(at)
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new ConfigError(`${folder} is not empty. Choose another place, as in --folder ${at}-2.`)

  mkdirSync(folder, { recursive: true })
  const own = ownCore()
  writePackage(folder, namesOf(id), {
    core: core ?? (own.checkout ? packedInto(folder, own.folder) : `^${own.manifest.version}`),
    manifest: own.manifest,
  })
  return `${folder} has the plugin ${id}.

  cd ${relative(process.cwd(), folder) || '.'}
  npm install
  npm test
`
}

/** Nobody else has this version, so it is packed into the folder: a link to the checkout would find other dependencies. */
function packedInto(folder: string, core: string): string {
  if (!existsSync(join(core, 'dist')))
    throw new ConfigError('LeadNest is not built yet. Run `npm run build` in the repository first.')
  const place = join(folder, 'vendor')
  mkdirSync(place)
  const told = execFileSync(
    'npm',
    ['pack', '--json', '--loglevel=error', '--ignore-scripts', '--pack-destination', place],
    {
      cwd: core,
      encoding: 'utf8',
      // On Windows npm is a script.
      shell: process.platform === 'win32',
    },
  )
  return `file:vendor/${/"filename":\s*"([^"]+)"/.exec(told)![1]}`
}
