import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/**
 * What a file imports, exports again, loads by `import()` or names in an import type.
 * @param {string} file
 * @returns {{ file: string, name: string, typeOnly: boolean }[]}
 */
export function importsOf(file) {
  const found = []
  const add = (name, typeOnly) => {
    if (name && ts.isStringLiteralLike(name)) found.push({ file, name: name.text, typeOnly })
  }
  const visit = (node) => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && isLoad(node.expression)) add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext))
  return found
}

const isLoad = (node) => node.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(node) && node.text === 'require')

/** The imports of these built files and of every file they reach, without Node's own modules. */
export function packagesReachedFrom(files) {
  const seen = new Set(files)
  const foreign = []
  for (const file of seen) {
    for (const found of importsOf(file)) {
      if (found.name.startsWith('.')) seen.add(builtFile(file, found.name))
      else if (!found.name.startsWith('node:')) foreign.push(found)
    }
  }
  return foreign
}

/** Declarations name their neighbours as the sources do: ./lead.ts is lead.d.ts. */
function builtFile(from, name) {
  const path = join(from, '..', name)
  if (!/\.d\.c?ts$/.test(from)) return path
  const declaration = path.replace(/\.(tsx?|js)$/, '.d.ts').replace(/\.cjs$/, '.d.cts')
  if (!existsSync(declaration)) throw new Error(`${from} names ${name}, which was not built`)
  return declaration
}

/**
 * The package in an import: `@leadnest/core` of `@leadnest/core/contract`.
 * @param {string} name
 */
export function packageOf(name) {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/')
}
