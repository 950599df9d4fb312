// Runs on any Node ≥ 18 before anything is installed: no globSync, no dependencies.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const installed = join(root, 'node_modules', '.leadnest-stamp')
const built = join(root, 'node_modules', '.leadnest-build-stamp')

export const isInstalled = () => read(installed) === installHash()
export const stampInstall = () => writeFileSync(installed, installHash())

export const isBuilt = () => read(built) === sourceHash() && outputs().every((file) => existsSync(file))
export const stampBuild = (hash) => writeFileSync(built, hash)
export const forgetBuild = () => rmSync(built, { force: true })

function installHash() {
  const lockfile = join(root, 'package-lock.json')
  if (existsSync(lockfile)) return hashOf([lockfile])
  return hashOf([join(root, 'package.json'), ...packages().map((folder) => join(folder, 'package.json'))])
}

/** The hash of everything that goes into dist. Tests do not: changing one asks for no build. */
export function sourceHash() {
  const configs = packages().flatMap((folder) =>
    ['package.json', 'tsconfig.json', 'tsconfig.build.json'].map((file) => join(folder, file)),
  )
  const scripts = ['build.mjs', 'sdk-types.mjs', 'type-printer.mjs'].map((file) => join(root, 'scripts', file))
  const sources = packages().flatMap((folder) => ['src', 'assets'].flatMap((part) => filesIn(join(folder, part))))
  // `leadnest plugin new` begins with it.
  const example = filesIn(join(root, 'examples/plugin-hello/src'))
  return hashOf(
    [join(root, 'tsconfig.base.json'), ...scripts, ...configs, ...sources, ...example].filter((file) =>
      existsSync(file),
    ),
  )
}

function outputs() {
  return packages().flatMap((folder) => {
    const { exports = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const files = JSON.stringify(exports).match(/\.\/dist\/[^"]+/g) ?? []
    return files.map((file) => join(folder, file))
  })
}

function packages() {
  return ['packages', 'packages/plugins']
    .flatMap((folder) => children(join(root, folder)))
    .filter((folder) => existsSync(join(folder, 'package.json')))
}

function filesIn(folder) {
  return children(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesIn(path)
    return /\.test\./.test(entry.name) ? [] : [path]
  })
}

function children(folder, options) {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, options)
  return options ? entries : entries.map((name) => join(folder, name))
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(`${file.slice(root.length)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
