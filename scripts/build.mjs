import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { transform } from 'esbuild'
import { build } from 'tsup'
import { inParallel, root, run } from './run.mjs'
import { writeSdkTypes } from './sdk-types.mjs'
import { forgetBuild, sourceHash, stampBuild } from './stamps.mjs'

const scriptsOnly = process.argv.includes('--scripts-only')
const started = performance.now()
const source = sourceHash()

/** What travels to browsers: terser makes it 3 % small than esbuild does. */
const small = {
  minify: 'terser',
  minifySyntax: true,
  // Pages are not all UTF-8, and a script is read as its page is.
  terserOptions: {
    ecma: 2022,
    format: { ascii_only: true },
    compress: { ecma: 2022, passes: 3, unsafe_arrows: true, hoist_props: true, hoist_funs: true },
  },
}

/** The widget's style sheet without its spaces; a template literal is nothing that a minifier would touch. */
const tightStyles = {
  name: 'tight-styles',
  setup: ({ onLoad }) =>
    onLoad({ filter: /widget.src.styles\.ts$/ }, async ({ path }) => {
      const [, before, css, after] = /^(.*?const css = `)(.*?)(`.*)$/s.exec(readFileSync(path, 'utf8'))
      const { code } = await transform(css, { loader: 'css', minify: true, target: 'es2022' })
      return { contents: before + code.trim().replaceAll('\\', '\\\\') + after, loader: 'ts' }
    }),
}

/** A script for a page brings everything along, from sources: it needs no other package built before. */
const standalone = {
  noExternal: [/.*/],
  esbuildOptions: (options) => (options.conditions = ['@leadnest/source', 'module']),
}

/** The SDK's table of verbs as it is read, without the classes that carry its comments: 200 bytes less after gzip. */
const packedTable = {
  name: 'packed-table',
  setup: ({ onLoad }) =>
    onLoad({ filter: /sdk.src.nouns\.ts$/ }, async ({ path }) => {
      // Asked for anew at each build: `npm run dev` builds more than once.
      const { nouns } = await import(`${pathToFileURL(path)}?${performance.now()}`)
      return { contents: `export const nouns = ${JSON.stringify(tight(nouns))}` }
    }),
}

/** The same nouns and verbs in an order in which they are small after gzip: 60 bytes less. */
function tight(nouns) {
  const sizeOf = (rows) => gzipSync(JSON.stringify(Object.fromEntries(rows))).length
  let rows = Object.entries(nouns)
  for (let round = 0; round < 3; round++) {
    rows = ordered(rows, sizeOf)
    for (const [at, [noun, verbs]] of rows.entries()) {
      const withVerbs = (some) => rows.with(at, [noun, some.join(' ')])
      rows = withVerbs(ordered(verbs.split(' '), (some) => sizeOf(withVerbs(some))))
    }
  }
  return Object.fromEntries(rows)
}

/** Each part is moved to its best place, until none has a better one. */
function ordered(parts, sizeOf) {
  for (let least = sizeOf(parts), before = Number.POSITIVE_INFINITY; least < before; ) {
    before = least
    for (const part of parts) {
      const others = parts.filter((other) => other !== part)
      for (let at = 0; at <= others.length; at++) {
        const tried = others.toSpliced(at, 0, part)
        const size = sizeOf(tried)
        if (size < least) [parts, least] = [tried, size]
      }
    }
  }
  return parts
}

/** What runs on Node finds its dependencies where it is installed. */
const onNode = { format: 'esm', platform: 'node', skipNodeModulesBundle: true }

/** `plugins/slack` and its neighbours: an index each, and a contract where its API is typed elsewhere. */
const plugins = globSync('packages/plugins/*/package.json', { cwd: root })
  .map((file) => file.split(/[\\/]/).slice(1, 3).join('/'))
  .sort()

const entries = {
  core: [
    {
      entry: files('core', ['index', 'contract', 'plugin', 'testing', 'testing/global-setup', 'postgres/embedded']),
      ...onNode,
    },
  ],
  sdk: [
    {
      entry: files('sdk', ['index', 'upload']),
      format: ['esm', 'cjs'],
      platform: 'neutral',
      target: 'es2022',
      // With the map a stack trace can be read.
      sourcemap: true,
      ...small,
      esbuildPlugins: [packedTable],
    },
  ],
  widget: [
    {
      entry: files('widget', ['index']),
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      ...small,
      esbuildPlugins: [tightStyles],
      // Its types are part of ours, so it is installed anyway.
      external: ['@leadnest/sdk'],
    },
    {
      entry: { widget: 'packages/widget/src/element.ts' },
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      ...small,
      esbuildPlugins: [tightStyles],
      // tsup would name it widget.global.js
      outExtension: () => ({ js: '.js' }),
      ...standalone,
    },
  ],
  server: [{ entry: files('server', ['index', 'cli/main']), ...onNode }],
  ...Object.fromEntries(plugins.map((name) => [name, [{ entry: files(name, modulesOf(name)), ...onNode }]])),
}

try {
  forgetBuild()
  if (!scriptsOnly)
    for (const name of Object.keys(entries))
      rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true })
  await Promise.all([buildScripts(), scriptsOnly || buildTypes()])
  copyReference()
  copyExample()
  if (!scriptsOnly) stampBuild(source)
  console.log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s`)
} catch (error) {
  console.error(`Build failed: ${error.message ?? error}`)
  process.exit(1)
}

/**
 * The program that shows /reference. Of the packages that have this file, the one for Fastify is the smallest: the program's
 * own has 240 MB of dependencies, all of which are in the file already.
 */
function copyReference() {
  const from = join(root, 'node_modules/@scalar/fastify-api-reference/dist/js/standalone.js')
  copyFileSync(from, join(root, 'packages/server/dist/reference.js'))
}

/** What `leadnest plugin new` begins with. Under other names, or its tests would run here too. */
function copyExample() {
  const to = join(root, 'packages/server/dist/plugin-hello')
  mkdirSync(to, { recursive: true })
  for (const file of globSync('examples/plugin-hello/src/*', { cwd: root }))
    copyFileSync(join(root, file), join(to, `${basename(file)}.txt`))
}

function buildScripts() {
  const all = Object.entries(entries).flatMap(([name, builds]) =>
    builds.map((options) =>
      build({
        config: false,
        silent: true,
        clean: false,
        target: 'node22',
        ...options,
        tsconfig: join(root, 'packages', name, 'tsconfig.json'),
        outDir: join(root, 'packages', name, 'dist'),
      }),
    ),
  )
  return Promise.all(all)
}

/** Declarations resolve our packages through their dist, as users do: core first, then who imports it. */
async function buildTypes() {
  await declarations('core')
  await Promise.all([
    declarations('server'),
    writeSdkTypes().then(() => declarations('widget')),
    inParallel(1, plugins, declarations),
  ])
}

async function declarations(name) {
  const { ok, output } = await run(
    'tsc',
    ['-p', `packages/${name}/tsconfig.build.json`, '--pretty', String(Boolean(process.stdout.isTTY))],
    { quiet: true },
  )
  if (!ok) throw new Error(`declarations of ${name}\n${output}`)
}

function modulesOf(name) {
  return ['index', 'contract', 'testing'].filter((module) =>
    existsSync(join(root, 'packages', name, 'src', `${module}.ts`)),
  )
}

function files(name, modules) {
  return Object.fromEntries(modules.map((module) => [module, `packages/${name}/src/${module}.ts`]))
}
