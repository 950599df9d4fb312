/** More of a mail than anybody writes, in characters. */
const longest = 500_000
const name = /<(\/?)([a-z][a-z0-9]{0,20})/iy
const breaks = new Set(['br', '/p', '/div'])
const hidden = new Set(['style', 'script', 'title'])

/**
 * What is read of a mail that has no text but only markup. A stranger wrote it: it is gone through once, whatever is left open, and
 * ends where a tag does not.
 */
export function readMarkup(markup: string): string {
  const all = markup.slice(0, longest)
  let text = ''
  let at = 0
  while (at < all.length) {
    const open = all.indexOf('<', at)
    if (open < 0) return plain(text + all.slice(at))
    text += all.slice(at, open)
    const { end, shown } = readTag(all, open)
    if (end < 0) break
    text += shown
    at = end
  }
  return plain(text)
}

/** Where a tag that begins at `open` ends, with all that belongs to it; -1 where it does not. */
function readTag(all: string, open: number): { end: number; shown: string } {
  if (all.startsWith('<!--', open)) return { end: after(all, '-->', open + 4), shown: '' }
  name.lastIndex = open
  const [, slash, word] = name.exec(all) ?? []
  if (!word) return all[open + 1] === '!' ? { end: after(all, '>', open), shown: '' } : { end: open + 1, shown: '<' }
  const tag = `${slash}${word.toLowerCase()}`
  if (!hidden.has(tag)) return { end: after(all, '>', open), shown: breaks.has(tag) ? '\n' : '' }
  const close = new RegExp(`</${tag}[\\s>/]`, 'gi')
  close.lastIndex = open
  const found = close.exec(all)
  return { end: found ? after(all, '>', found.index) : -1, shown: '' }
}

function after(all: string, mark: string, from: number): number {
  const found = all.indexOf(mark, from)
  return found < 0 ? -1 : found + mark.length
}

const plain = (text: string) =>
  text
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
