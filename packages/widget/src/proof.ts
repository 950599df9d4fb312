const slice = 256

/**
 * A number with which the SHA-256 of `<token>.<number>` begins with so many zero bits: work that a visitor does not notice,
 * and whoever sends thousands does. Undefined once nobody wants it any more, and on pages without https, which cannot hash.
 */
export async function findProof(token: string, bits: number, isWanted: () => boolean): Promise<string | undefined> {
  const encoder = new TextEncoder()
  const hash = (tried: number) => crypto.subtle.digest('SHA-256', encoder.encode(`${token}.${tried}`))
  for (let from = 0; crypto.subtle && isWanted(); from += slice) {
    const hashes = await Promise.all(Array.from({ length: slice }, (_, i) => hash(from + i)))
    const found = hashes.findIndex((bytes) => Math.clz32(new DataView(bytes).getUint32(0)) >= bits)
    if (found >= 0) return String(from + found)
    await turn()
  }
}

/**
 * Lets the page draw and listen: what is hashed comes back before all else, and a page that only waits for that stands still.
 * Not by a timer, of which pages in the background have one a second.
 */
function turn() {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = resolve
    port2.postMessage(0)
  })
}
