import { existsSync, globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { expect, test } from 'vitest'
import { importsOf, packageOf } from './scripts/imports.mjs'

/** Who may import whom. An arrow that is not here does not exist. */
const arrows: Record<string, string[]> = {
  'packages/core': [],
  'packages/sdk': ['@leadnest/core/contract', '@leadnest/plugin-csv/contract', '@leadnest/plugin-webhooks/contract'],
  'packages/widget': ['@leadnest/sdk'],
  'packages/server': [
    '@leadnest/core',
    '@leadnest/core/contract',
    '@leadnest/core/plugin',
    '@leadnest/core/embedded-postgres',
  ],
}
for (const folder of globSync('packages/plugins/*/package.json')) {
  arrows[folder.replace('/package.json', '')] = ['@leadnest/core/plugin']
}

const isTest = (file: string) => /\.test\.|\/testing(\/|\.)/.test(file)

for (const [folder, allowed] of Object.entries(arrows)) {
  const sources = globSync(`${folder}/src/**/*.{ts,tsx}`).filter((file) => !isTest(file))
  const imports = sources.flatMap(importsOf)

  test(`${folder} imports only ${allowed.join(', ') || 'itself'}`, () => {
    const ours = imports.filter(({ name }) => name.startsWith('@leadnest/'))
    expect(ours.filter(({ name }) => !allowed.includes(name))).toEqual([])
  })

  test(`${folder} declares every package it imports`, () => {
    const {
      name: self,
      dependencies,
      peerDependencies,
      devDependencies,
    } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
    // What a package bundles, or takes only types from, need not be installed by its users.
    const declared = Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies })
    const foreign = imports.filter(({ name }) => !/^(\.|node:)/.test(name) && !builtinModules.includes(name))
    expect(foreign.filter(({ name }) => ![self, ...declared].includes(packageOf(name)))).toEqual([])
  })
}

test('the SDK takes types from the contract, no code', () => {
  const imports = globSync('packages/sdk/src/**/*.ts')
    .filter((file) => !isTest(file))
    .flatMap(importsOf)
  expect(imports.filter(({ name, typeOnly }) => !name.startsWith('.') && !typeOnly)).toEqual([])
})

test('core knows no HTTP framework', () => {
  const imports = globSync('packages/core/src/**/*.ts').flatMap(importsOf)
  expect(imports.filter(({ name }) => /^(@hono\/.*|hono|express|fastify)$/.test(packageOf(name)))).toEqual([])
})

test('files can be read whole', () => {
  const files = globSync(['packages/{*,plugins/*}/src/**/*.{ts,tsx}', 'scripts/**/*.mjs', 'tests/**/*.ts', '*.ts'])
  const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 400)
  expect(long).toEqual([])
})

test('folders are named after what is in them', () => {
  const folders = globSync(
    '{packages/{*,plugins/*}/src,scripts,tests}/**/{utils,services,managers,helpers,common,misc}',
  )
  expect(folders).toEqual([])
})

test('every package has a tsconfig and a row in the table of arrows', () => {
  const packages = globSync('packages/{*,plugins/*}/package.json').map((file) => file.replace('/package.json', ''))
  expect(packages.filter((folder) => !arrows[folder] || !existsSync(`${folder}/tsconfig.json`))).toEqual([])
})

test('the routes that a plugin adds to the API are tried across workspaces, as ours are', () => {
  const contracts = globSync('packages/plugins/*/src/contract.ts')
  const untried = contracts.filter((file) => {
    const matrix = file.replace('contract.ts', 'tenancy.test.ts')
    return !existsSync(matrix) || !readFileSync(matrix, 'utf8').includes('describeApartness(')
  })
  expect(untried).toEqual([])
})
