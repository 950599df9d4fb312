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

/** The tags of a cell: what people write between them, unless somebody said what stands there, or a list as JSON. */
export const readTags = (text: string, split: string | undefined): string[] =>
  split === undefined ? (listed(text) ?? text.split(/[,;|]/)) : text.split(split)
