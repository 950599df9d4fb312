import { email } from '../file/dialect.ts'

/** A key for a field that is called so: `Shoe size` is `shoeSize`. */
export function keyOf(header: string): string {
  const words = header
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .split(/[^a-zA-Z0-9]+/)
    .filter(Boolean)
  const [first = 'field', ...rest] = words
  const key =
    first.charAt(0).toLowerCase() +
    first.slice(1) +
    rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return (/^[a-z]/.test(key) ? key : `field${key}`).slice(0, 63)
}

const kinds: [string, RegExp][] = [
  ['number', /^-?\d{1,15}(\.\d+)?$/],
  ['date', /^\d{4}-\d{2}-\d{2}$/],
  ['boolean', /^(true|false|yes|no)$/i],
  ['email', email],
  ['url', /^https?:\/\/\S+$/i],
]

/** What a field would be whose values are these. */
export function typeOf(values: string[]): string {
  const said = values.map((value) => value.trim()).filter(Boolean)
  if (said.length === 0) return 'text'
  const found = kinds.find(([, like]) => said.every((value) => like.test(value)))
  return found?.[0] ?? (said.some((value) => value.length > 200 || value.includes('\n')) ? 'long_text' : 'text')
}
