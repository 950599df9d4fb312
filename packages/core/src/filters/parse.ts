import { LeadNestError } from '../errors.ts'

/** What a filter says, as a tree. `field` is a name as it was written; whether it is known is the translation's matter. */
export type Filter =
  | { kind: 'and' | 'or'; parts: Filter[] }
  | { kind: 'not'; part: Filter }
  | {
      kind: 'test'
      field: string
      operator: Operator
      values: string[]
      since?: string
      /** Where the field stands, each value, and the time after `since`. */
      at: number
      valuesAt: number[]
      sinceAt?: number
    }

export type Operator = '=' | '!=' | '~' | '>' | '>=' | '<' | '<=' | 'in' | 'empty'

interface Token {
  kind: 'word' | 'text' | 'symbol' | 'end'
  text: string
  at: number
}

export type FilterTest = Extract<Filter, { kind: 'test' }>

const words = new Set(['and', 'or', 'not', 'in', 'is', 'empty', 'since', 'within'])
const maxDepth = 20
const maxTests = 100

/**
 * Reads a filter:
 *
 *     stage = new and (tag = "VIP" or createdAt > -7d) and not email ~ example.com
 *     fields.plan in (pro, team) and ownerId is empty and not form = contact within 7d
 *
 * Values with spaces, commas or brackets stand in double quotes (`\"` is a quote). Words of the grammar are lower case,
 * and values are compared as NFC. Throws `invalid_input` with the path `filter` and the position, counted from 1.
 */
export function parseFilter(text: string): Filter {
  const tokens = tokenise(text)
  let next = 0
  let tests = 0
  const peek = () => tokens[next]!
  const take = () => tokens[next++]!
  const isWord = (...words: string[]) => peek().kind === 'word' && words.includes(peek().text)
  const isSymbol = (symbol: string) => peek().kind === 'symbol' && peek().text === symbol

  function or(depth: number): Filter {
    return chain('or', () => chain('and', () => unary(depth)))
  }

  function chain(kind: 'and' | 'or', part: () => Filter): Filter {
    const parts = [part()]
    while (isWord(kind)) {
      take()
      parts.push(part())
    }
    return parts.length === 1 ? parts[0]! : { kind, parts }
  }

  function unary(depth: number): Filter {
    if (depth > maxDepth) throw refuse(peek().at, `Nest at most ${maxDepth} levels.`)
    if (isWord('not')) {
      take()
      return { kind: 'not', part: unary(depth + 1) }
    }
    if (isSymbol('(')) {
      take()
      const inner = or(depth + 1)
      if (!isSymbol(')')) throw misread(peek(), 'A bracket is not closed here.')
      take()
      return inner
    }
    return test()
  }

  function test(): Filter {
    const name = take()
    const { kind, text: field, at } = name
    if (kind !== 'word') throw refuse(at, 'Name a field here, as in stage = new.')
    if (++tests > maxTests) throw refuse(at, `Ask at most ${maxTests} things.`)
    if (isWord('is')) return emptiness(field, at)
    if (isWord('in')) {
      take()
      return { kind: 'test', field, operator: 'in', ...list(), ...since(), at }
    }
    const operator = take()
    if (operator.kind !== 'symbol' || !/^(=|!=|~|>=?|<=?)$/.test(operator.text)) {
      throw isShouted(name)
        ? misread(name)
        : misread(operator, 'Write =, !=, ~, >, >=, <, <=, in (…) or is empty here.')
    }
    return { kind: 'test', field, operator: operator.text as Operator, ...listOf(value()), ...since(), at }
  }

  /** `within 7d` is short for `since -7d`. */
  function since(): { since?: string; sinceAt?: number } {
    if (isWord('since')) {
      take()
      const { text, at } = value()
      return { since: text, sinceAt: at }
    }
    if (!isWord('within')) return {}
    take()
    const { text, at } = value()
    if (!/^\d{1,4}[hdw]$/.test(text)) throw refuse(at, 'Write a span of time here, as in within 7d.')
    return { since: `-${text}`, sinceAt: at }
  }

  function emptiness(field: string, at: number): Filter {
    take()
    const negated = isWord('not')
    if (negated) take()
    if (!isWord('empty')) throw misread(peek(), 'Write empty here, as in email is empty.')
    take()
    const part: Filter = { kind: 'test', field, operator: 'empty', ...listOf(), ...since(), at }
    return negated ? { kind: 'not', part } : part
  }

  function list() {
    if (!isSymbol('(')) throw refuse(peek().at, 'Write a list here, as in (a, b).')
    take()
    const values = [value()]
    while (isSymbol(',')) {
      take()
      values.push(value())
    }
    if (!isSymbol(')')) throw refuse(peek().at, 'The list is not closed here.')
    take()
    return listOf(...values)
  }

  function value(): Value {
    const { kind, text, at } = take()
    if (kind !== 'word' && kind !== 'text')
      throw refuse(at, 'Write a value here; put it in double quotes where it has spaces.')
    return { text: text.normalize('NFC'), at }
  }

  const filter = or(0)
  if (peek().kind !== 'end') throw misread(peek(), 'Nothing was expected here. Join two conditions with and or or.')
  return filter
}

interface Value {
  text: string
  at: number
}

const listOf = (...values: Value[]) => ({
  values: values.map(({ text }) => text),
  valuesAt: values.map(({ at }) => at),
})

/** Whether it is a word of the grammar in capitals. */
const isShouted = ({ kind, text }: Token) => kind === 'word' && words.has(text.toLowerCase()) && !words.has(text)

const misread = (token: Token, message = '') =>
  refuse(token.at, isShouted(token) ? `Write ${token.text.toLowerCase()} in small letters.` : message)

function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = /\s*(?:"((?:[^"\\]|\\["\\])*)"|(!=|>=|<=|[=~><(),])|([^\s"=~><!(),]+))/y
  let at = 0
  while (text.slice(at).trim() !== '') {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (!match) {
      const start = at + text.slice(at).search(/\S/)
      throw refuse(start, text[start] === '"' ? 'This quote is not closed.' : 'This cannot be read.')
    }
    const start = at + match[0].search(/\S/)
    if (match[1] !== undefined) tokens.push({ kind: 'text', text: match[1].replace(/\\(["\\])/g, '$1'), at: start })
    else if (match[2]) tokens.push({ kind: 'symbol', text: match[2], at: start })
    else tokens.push({ kind: 'word', text: match[3]!, at: start })
    at = pattern.lastIndex
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

export function refuse(at: number, message: string): LeadNestError {
  return new LeadNestError('invalid_input', `The filter cannot be read at position ${at + 1}: ${message}`, {
    issues: [{ path: 'filter', message: `Position ${at + 1}: ${message}` }],
  })
}
