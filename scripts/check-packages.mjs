import { existsSync, globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { packageOf, packagesReachedFrom } from './imports.mjs'
import { inParallel, root, run } from './run.mjs'

const plugins = globSync('packages/plugins/*/package.json', { cwd: root }).map((file) =>
  file.split(/[\\/]/).slice(1, 3).join('/'),
)
const packages = {
  core: 'esm-only',
  sdk: 'strict',
  widget: 'esm-only',
  server: 'esm-only',
  ...Object.fromEntries(plugins.map((name) => [name, 'esm-only'])),
}

/** Bytes after gzip. A dependency dragged in by accident shows here first. */
const limits = { 'sdk/dist/index.js': 4096, 'sdk/dist/upload.js': 640, 'widget/dist/widget.js': 12_288 }

/** What an app has of the SDK that makes one call, or shows one form, after its bundler shook off the rest. */
const calls = {
  'createRequest, one call': `import { createRequest } from '@leadnest/sdk'
    const request = createRequest({ url: 'https://leads.example.com', key: 'ln_sk_' })
    console.log(await request('POST /v1/leads', { body: { email: 'ada@example.com' } }))`,
  'createForms, one form': `import { createForms } from '@leadnest/sdk'
    const forms = createForms({ url: 'https://leads.example.com' })
    console.log(await forms.get('contact'), await forms.submit('contact', { fields: {} }))`,
}
const limitOfCall = 2048

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
    ...Object.entries(calls).map(([name, code]) => ({ name: `size of ${name}`, work: () => checkCall(name, code) })),
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
  return existsSync(path) && isWithin(`packages/${file}`, readFileSync(path), limit)
}

/** Of the built package, as an app's bundler finds it. */
async function checkCall(name, code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  })
  return isWithin(name, outputFiles[0].contents, limitOfCall)
}

function isWithin(name, content, limit) {
  const size = gzipSync(content).length
  console.log(`  ${name}: ${size} of ${limit} bytes (gzip)`)
  return size <= limit
}
