/** An address that its owner knows again, and nobody else: the first letter of an e-mail and of its domain, the last digits of a phone. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  if (at < 0) return `•••${[...address].slice(-2).join('')}`
  const domain = address.slice(at + 1)
  const dot = domain.lastIndexOf('.')
  const ending = dot > 0 ? domain.slice(dot) : ''
  return `${[...address][0]}•••@${[...domain][0] ?? ''}•••${ending}`
}
