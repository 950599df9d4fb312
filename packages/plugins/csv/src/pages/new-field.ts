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
