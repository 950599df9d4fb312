const markup = Symbol.for('leadnest.html')

/** Markup that the tag `html` made. */
export interface Html {
  readonly [markup]: string
  toString(): string
}

/** What may stand in a template: text is escaped, lists are joined, and nothing, true and false are left out. */
export type Part = string | number | bigint | boolean | null | undefined | Html | readonly Part[]

interface Place {
  in: 'text' | 'comment' | 'tag' | 'value' | 'code'
  element: string
  attribute: string
  /** Whether something of the attribute's value stands before. */
  begun: boolean
}

/**
 * Makes markup of a template. Text that is put in stays text, whatever it holds. Attributes stand in double quotes; an address
 * begins with `/`, `#`, `?`, `http:`, `https:`, `mailto:` or `tel:`, any other becomes `#`. Throws an Error where text cannot be
 * made safe: in a script, a style, a handler as `onclick`, or as the name of a tag or an attribute.
 *
 * @example
 * html`<ul>${leads.map(({ id, name }) => html`<li><a href="/admin/leads/${id}">${name}</a></li>`)}</ul>`
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const places = placesOf(strings)
  const text = strings.reduce((text, string, i) => text + put(parts[i - 1], places[i - 1]!) + string)
  return madeHtml(text)
}

/** What our own code made, as markup; not for plugins. */
export const madeHtml = (text: string): Html => ({ [markup]: text, toString: () => text })

export const isHtml = (value: unknown): value is Html => typeof value === 'object' && value !== null && markup in value

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign]!)

function put(part: Part, place: Place): string {
  if (part === null || part === undefined || typeof part === 'boolean') return ''
  if (Array.isArray(part)) return part.map((one: Part) => put(one, place)).join('')
  if (isHtml(part)) return place.in === 'value' ? part[markup].replace(/["'<>]/g, escaped) : part[markup]
  if (place.in === 'tag')
    throw new Error(`In the tag <${place.element}> text may only stand as a value, in double quotes: name="…".`)
  const text = String(part)
  return escaped(place.in === 'value' && !place.begun && isAddress(place.attribute) ? harmless(text) : text)
}

const isAddress = (attribute: string) =>
  /^(href|src|srcset|action|formaction|poster|data|ping|cite|background|xlink:href|hx-(get|post|put|patch|delete|action|push-url|replace-url))$/.test(
    attribute,
  )

const harmless = (address: string) =>
  /^(\/(?![/\\])|[#?]|https?:\/\/|mailto:|tel:)[^\p{Cc}]*$/iu.test(address) ? address : '#'

const known = new WeakMap<TemplateStringsArray, Place[]>()

/** Where the parts of a template stand. Throws an Error for a place that takes none. */
function placesOf(strings: TemplateStringsArray): Place[] {
  const before = known.get(strings)
  if (before) return before
  const places: Place[] = []
  let at: Place = { in: 'text', element: '', attribute: '', begun: false }
  for (const string of strings.slice(0, -1)) {
    at = placeAfter(string, at)
    refuse(string, at)
    places.push(at)
    if (at.in === 'value') at = { ...at, begun: true }
  }
  known.set(strings, places)
  return places
}

function refuse(string: string, { in: where, element, attribute }: Place): void {
  if (where === 'code' || /^(on|hx-on|style$|srcdoc$)/.test(attribute))
    throw new Error(
      `Nothing can be put into ${attribute || `<${element}>`}: the admin runs no code that stands in a page.`,
    )
  if (where === 'tag' && /=\s*$/.test(string))
    throw new Error(`Put double quotes around the value after ${string.trim().split(/\s/).at(-1)} in <${element}>.`)
  if (where === 'text' && /<\/?$/.test(string)) throw new Error('The name of a tag has to be spelt out.')
}

function placeAfter(string: string, at: Place): Place {
  for (let rest = string; rest !== ''; ) {
    const next = steps[at.in](rest, at)
    if (!next) return at.in === 'value' ? { ...at, begun: true } : at
    ;[at, rest] = next
  }
  return at
}

type Step = (rest: string, at: Place) => [Place, string] | undefined

const outside = (element: string): Place => ({ in: 'text', element, attribute: '', begun: false })
const past = (rest: string, { index, 0: found }: RegExpExecArray) => rest.slice(index + found.length)

/** From one place to the next, as a parser goes; undefined where the rest stays in the place. */
const steps: Record<Place['in'], Step> = {
  text(rest) {
    const found = /<(?:!--|(\/?[a-z][^\s/>]*))/i.exec(rest)
    if (!found) return undefined
    const place = { ...outside(found[1]?.toLowerCase() ?? ''), in: found[1] ? 'tag' : 'comment' } as const
    return [place, past(rest, found)]
  },
  comment(rest) {
    const found = /-->/.exec(rest)
    return found ? [outside(''), past(rest, found)] : undefined
  },
  tag(rest, at) {
    const found = /(?:([^\s"'<>/=]+)\s*=\s*)?(["'>])/.exec(rest)
    if (!found) return undefined
    if (found[2] === '>')
      return [{ ...at, in: /^(script|style)$/.test(at.element) ? 'code' : 'text' }, past(rest, found)]
    if (found[2] === "'") throw new Error(`Use double quotes in <${at.element}>, not single ones.`)
    return [{ ...at, in: 'value', attribute: found[1]?.toLowerCase() ?? '', begun: false }, past(rest, found)]
  },
  value(rest, at) {
    const end = rest.indexOf('"')
    return end < 0 ? undefined : [{ ...at, in: 'tag', attribute: '' }, rest.slice(end + 1)]
  },
  code(rest, { element }) {
    const found = new RegExp(`</${element}[^>]*>`, 'i').exec(rest)
    return found ? [outside(''), past(rest, found)] : undefined
  },
}
