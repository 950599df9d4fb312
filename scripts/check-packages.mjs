import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { packageOf, packagesReachedFrom } from './imports.mjs'
import { inParallel, root, run } from './run.mjs'

const packages = { core: 'esm-only', sdk: 'strict', widget: 'esm-only', server: 'esm-only' }

/** Bytes after gzip. A dependency dragged in by accident shows here first. */
const limits = { 'sdk/dist/index.js': 4096, 'widget/dist/widget.js': 12_288 }

/** What is checked of the packages as npm would publish them, as `{ name, work }`. */
export async function checkPackages(scratch) {
  const tarballs = {}
  await inParallel(2, Object.keys(packages), async (name) => {
    const { output } = await run('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', scratch], {
      cwd: join(root, 'packages', name),
      quiet: true,
    })
    tarballs[name] = join(scratch, /"filename":\s*"([^"]+)"/.exec(output)?.[1] ?? 'missing.tgz')
    if (!existsSync(tarballs[name])) console.error(output)
  })

  return [
    ...Object.entries(packages).flatMap(([name, profile]) => [
      { name: `publint ${name}`, work: () => quietly('publint', [tarballs[name], '--strict']) },
      // Entry points of the package.json exports that hold no types
      {
        name: `types of ${name}`,
        work: () => quietly('attw', [tarballs[name], '--profile', profile, '--exclude-entrypoints', 'widget.js']),
      },
      { name: `imports of ${name} are declared`, work: () => checkImports(name) },
    ]),
    ...Object.entries(limits).map(([file, limit]) => ({ name: `size of ${file}`, work: () => checkSize(file, limit) })),
  ]
}

async function quietly(command, args) {
  const { ok, output } = await run(command, args, { quiet: true })
  if (!ok) console.error(output)
  return ok
}

function checkImports(name) {
  const folder = join(root, 'packages', name)
  const { exports, bin, ...manifest } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const declared = [manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })]
  const entries = [...new Set(JSON.stringify({ exports, bin }).match(/\.\/(dist|bin)\/[^"]+/g))]
  const missing = packagesReachedFrom(entries.map((entry) => join(folder, entry))).filter(
    (found) => !builtinModules.includes(found.name) && !declared.includes(packageOf(found.name)),
  )
  for (const { file, name } of missing)
    console.error(`${relative(root, file)} imports ${name}, which its package.json does not declare`)
  return missing.length === 0
}

function checkSize(file, limit) {
  const path = join(root, 'packages', file)
  if (!existsSync(path)) return false
  const size = gzipSync(readFileSync(path)).length
  console.log(`  packages/${file}: ${size} of ${limit} bytes (gzip)`)
  return size <= limit
}
