/** As an export writes tags that have one of these in their names. */
function listed(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) && list.every((tag) => typeof tag === 'string') ? list : undefined
  } catch {
    return undefined
  }
}

const part = /(?!$)(?:\s*"([^"]*(?:""[^"]*)*)"\s*(?:[,;|，、]|$)|([^,;|，、]*)(?:[,;|，、]|$))/gy

/** What people write between tags, unless it stands in quotes: then the comma goes, which no tag has. */
const parted = (text: string): string[] =>
  Array.from(text.matchAll(part), ([, quoted, bare]) =>
    quoted === undefined ? bare! : quoted.replaceAll('""', '"').replace(/\s*,\s*/g, ' '),
  )

/** The tags of a cell: what people write between them, or a list as JSON, unless somebody said what stands there: Google, which marks its own by an asterisk. */
export const readTags = (text: string, split: string | undefined): string[] =>
  split === undefined ? (listed(text) ?? parted(text)) : text.split(split).map((tag) => tag.replace(/^\s*\*\s/, ''))
