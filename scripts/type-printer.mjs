import ts from 'typescript'

/**
 * Prints a type in full, without the generics it was inferred by, so that a reader needs no other package.
 * `names` are types the output declares itself: they are printed by name wherever they occur inside another.
 */
export function createPrinter(program, names = new Map()) {
  const checker = program.getTypeChecker()

  return function print(type, indent = '', depth = 0) {
    if (depth > 0 && names.has(type)) return names.get(type)
    if (depth > 24) throw new Error(`the type ${checker.typeToString(type)} refers to itself and has no name`)
    const inner = (part, more = '') => print(part, indent + more, depth + 1)

    if (type.flags & ts.TypeFlags.TemplateLiteral) return checker.typeToString(type)
    if (type.isUnion()) return printUnion(type, inner)
    if (type.isIntersection() && !type.types.every(isPlainObject))
      return type.types.map((part) => inner(part)).join(' & ')
    if (checker.isTupleType(type))
      return `[${checker
        .getTypeArguments(type)
        .map((part) => inner(part))
        .join(', ')}]`
    if (checker.isArrayType(type)) return printArray(type, inner)
    if (isFromLibrary(type)) return printReference(type, inner)
    if (type.isIntersection() || isPlainObject(type)) return printObject(type, indent, inner)
    if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Instantiable)) {
      throw new Error(`no way to print the type ${checker.typeToString(type)}`)
    }
    return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)
  }

  function printUnion(type, inner) {
    const isBoolean = (part) => Boolean(part.flags & ts.TypeFlags.BooleanLiteral)
    const isEmpty = (part) => Boolean(part.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined))
    const both = type.types.filter(isBoolean).length === 2
    const parts = [
      ...type.types.filter((part) => !isEmpty(part) && !(both && isBoolean(part))).map((part) => inner(part)),
      ...(both ? ['boolean'] : []),
      ...type.types.filter(isEmpty).map((part) => inner(part)),
    ]
    return [...new Set(parts)].join(' | ')
  }

  function printArray(type, inner) {
    const [item] = checker.getTypeArguments(type)
    const named = names.has(item) || !(item.isUnion() || item.isIntersection())
    const array = named || item.flags & ts.TypeFlags.Boolean ? `${inner(item)}[]` : `(${inner(item)})[]`
    return type.symbol.name === 'ReadonlyArray' ? `readonly ${array}` : array
  }

  function printReference(type, inner) {
    const args = type.aliasTypeArguments ?? checker.getTypeArguments(type)
    return type.symbol.name + (args.length > 0 ? `<${args.map((part) => inner(part)).join(', ')}>` : '')
  }

  function printObject(type, indent, inner) {
    const lines = [
      ...checker.getIndexInfosOfType(type).map((info) => `[key: ${inner(info.keyType)}]: ${inner(info.type, '  ')}`),
      ...checker.getPropertiesOfType(type).map((property) => {
        const optional = Boolean(property.flags & ts.SymbolFlags.Optional)
        const printed = inner(checker.getTypeOfSymbol(property), '  ')
        return `${printComment(property, indent)}${printKey(property.name)}${optional ? '?' : ''}: ${printed}`
      }),
    ]
    return lines.length > 0 ? `{\n${lines.map((line) => `${indent}  ${line}\n`).join('')}${indent}}` : '{}'
  }

  function printComment(property, indent) {
    const text = ts.displayPartsToString(property.getDocumentationComment(checker))
    return text ? `/** ${text.replaceAll('\n', ' ')} */\n${indent}  ` : ''
  }

  function isPlainObject(type) {
    return Boolean(type.flags & ts.TypeFlags.Object) && type.getCallSignatures().length === 0 && !isFromLibrary(type)
  }

  function isFromLibrary(type) {
    const file = type.symbol?.declarations?.[0]?.getSourceFile()
    // Record<string, unknown> and the like are declared in the library too, but are plain objects
    if (!file || type.symbol.name.startsWith('__')) return false
    return program.isSourceFileDefaultLibrary(file)
  }
}

function printKey(name) {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
}
