import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'tsup'
import ts from 'typescript'
import { root } from './run.mjs'
import { createPrinter } from './type-printer.mjs'

/** The one file by which the SDK knows the core and its plugins. */
const contract = './contract.ts'
const sdk = join(root, 'packages', 'sdk')
const sources = join(sdk, '.cache', 'src')
const tsconfig = join(sdk, 'tsconfig.json')

/**
 * The SDK infers its types from the contract's valibot schemas, and its users must install neither. So the types it
 * imports are first written out in full, and the declarations are bundled of a copy that has those in the contract's place.
 */
export async function writeSdkTypes() {
  rmSync(sources, { recursive: true, force: true })
  mkdirSync(sources, { recursive: true })
  const flattened = flattenContract(importedNames())
  for (const file of sourceFiles()) copyFileSync(join(sdk, 'src', file), join(sources, file))
  writeFileSync(join(sources, contract), flattened)
  // One after the other: what both entries name would get a file of its own.
  for (const entry of ['index', 'upload']) await bundleTypes(entry)
}

async function bundleTypes(entry) {
  await build({
    config: false,
    silent: true,
    clean: false,
    entry: { [entry]: join(sources, `${entry}.ts`) },
    format: ['esm', 'cjs'],
    tsconfig,
    outDir: join(sdk, 'dist'),
    // tsup sets baseUrl, which TypeScript 6 reports as deprecated
    dts: { only: true, compilerOptions: { ignoreDeprecations: '6.0' } },
  })
  for (const file of [`${entry}.d.ts`, `${entry}.d.cts`]) {
    const foreign = readFileSync(join(sdk, 'dist', file), 'utf8').match(/(from|import\()\s*['"][^'"]+['"]/)
    if (foreign) throw new Error(`packages/sdk/dist/${file} is not self-contained: ${foreign[0]}`)
  }
}

const sourceFiles = () => globSync('*.ts', { cwd: join(sdk, 'src') }).filter((file) => !file.includes('.test.'))

/** The names that the SDK's sources import, or export again, from the contract. */
function importedNames() {
  const names = sourceFiles().flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(sdk, 'src', file), 'utf8'), ts.ScriptTarget.ESNext)
    return source.statements
      .filter((statement) => statement.moduleSpecifier?.text === contract)
      .flatMap(({ importClause, exportClause }) => (importClause?.namedBindings ?? exportClause)?.elements ?? [])
      .map((element) => (element.propertyName ?? element.name).text)
  })
  return [...new Set(names)].sort()
}

function flattenContract(names) {
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(tsconfig, ts.sys.readFile).config, ts.sys, sdk)
  const probe = join(sources, 'probe.ts')
  const specifier = '../../src/contract.ts'
  const header = `import type * as contract from '${specifier}'\n`

  writeFileSync(probe, header)
  const first = ts.createProgram([probe], options)
  const exported = exportsOf(first, probe, specifier)
  const types = names.map((name) => describe(first.getTypeChecker(), exported.get(name), name, names))

  // A generic can be printed once its argument is known, so each possible argument gets an alias of its own.
  const aliases = types.flatMap(({ name, routes }) =>
    routes
      ? routes.map((route, at) => `type ${name}_${at} = contract.${name}<${JSON.stringify(route)}>`)
      : [`type ${name}_ = contract.${name}`],
  )
  writeFileSync(probe, `${header}${aliases.join('\n')}\n`)
  const program = ts.createProgram({ rootNames: [probe], options, oldProgram: first })
  const checker = program.getTypeChecker()
  const resolved = new Map(
    program
      .getSourceFile(probe)
      .statements.filter(ts.isTypeAliasDeclaration)
      .map(({ name }) => [name.text, checker.getTypeAtLocation(name)]),
  )

  const known = new Map(types.filter(({ routes }) => !routes).map(({ name }) => [resolved.get(`${name}_`), name]))
  const print = createPrinter(program, known)
  return types
    .map(({ name, comment, routes, constraint }) => {
      if (!routes) return `${comment}export type ${name} = ${print(resolved.get(`${name}_`))}\n`
      const rows = routes.map(
        (route, at) => `  ${JSON.stringify(route)}: ${print(resolved.get(`${name}_${at}`), '  ', 1)}\n`,
      )
      return `${comment}export type ${name}<Key extends ${constraint}> = {\n${rows.join('')}}[Key]\n`
    })
    .join('\n')
}

function exportsOf(program, probe, specifier) {
  const { resolvedModule } = ts.resolveModuleName(specifier, probe, program.getCompilerOptions(), ts.sys)
  const module = program.getTypeChecker().getSymbolAtLocation(program.getSourceFile(resolvedModule.resolvedFileName))
  return new Map(
    program
      .getTypeChecker()
      .getExportsOfModule(module)
      .map((symbol) => [symbol.name, symbol]),
  )
}

function describe(checker, symbol, name, names) {
  if (!symbol) throw new Error(`the SDK imports ${name}, which ${contract} does not export`)
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const declaration = target.declarations.find(
    (node) => ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node),
  )
  if (!declaration) throw new Error(`the SDK imports ${name} from ${contract}, which is not a type`)
  const text = ts.displayPartsToString(target.getDocumentationComment(checker))
  const comment = text ? `/** ${text.replaceAll('\n', ' ')} */\n` : ''
  if (!declaration.typeParameters) return { name, comment }

  const [parameter, ...more] = declaration.typeParameters
  const constraint = parameter.constraint && checker.getTypeFromTypeNode(parameter.constraint)
  const routes = constraint?.isUnion() ? constraint.types.map((type) => type.value) : []
  if (more.length > 0 || routes.length === 0 || routes.some((route) => typeof route !== 'string')) {
    throw new Error(
      `${name} cannot be written out: it may have one parameter, which extends a union of strings such as Route`,
    )
  }
  const written = parameter.constraint.getText()
  const literals = routes.map((route) => JSON.stringify(route)).join(' | ')
  return { name, comment, routes, constraint: names.includes(written) ? written : literals }
}
