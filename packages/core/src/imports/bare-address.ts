/** What programs write before an address or a number: `p:` is Meta's. */
const scheme = /^(?:mailto|tel|p):\s*/i

/** In characters, of what has an address in brackets. */
const longest = 1000

/**
 * An e-mail address or a phone number as it is seen: without what is invisible around it, as from a chat, or says what it is
 * (`tel:`, `Ann <ann@example.com>`), and out of the formula that keeps a spreadsheet from rewriting it: `="0151"`.
 */
export function bareAddress(text: string): string {
  const seen = text
    .replace(/^="([^"]*)"$/, '$1')
    .replace(/^[\s\p{Cf}]+|(?<![\s\p{Cf}])[\s\p{Cf}]+$/gu, '')
    .replace(scheme, '')
  return (seen.length > longest ? undefined : /<([^<>]*@[^<>]*)>$/.exec(seen)?.[1]?.trim()) ?? seen
}
