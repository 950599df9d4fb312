import { ImportFailure } from '@leadnest/core/plugin'
import { meaningOf, plainHeader } from '../columns/synonyms.ts'
import { unshield } from '../values/formula.ts'

/**
 * The names of the columns, each once: one without a name is `Column 3`, and of two that are called alike the second is
 * `Created at (2)`. Throws where those two would be the same of a lead, for nobody can say which is meant.
 */
export function namesOf(cells: string[], header: boolean): string[] {
  if (!header) return cells.map((_, i) => `Column ${i + 1}`)
  const seen = new Map<string, number>()
  return cells.map((cell, i) => {
    const name = unshield(cell.trim()).replaceAll('\0', '␀').slice(0, 200)
    if (name === '') return `Column ${i + 1}`
    const plain = plainHeader(name) || name
    const times = (seen.get(plain) ?? 0) + 1
    seen.set(plain, times)
    if (times === 1) return name
    if (meaningOf(name))
      throw new ImportFailure(
        'duplicate_header',
        `Several columns are called “${name}”, and nobody can say which is meant. Rename all but one.`,
      )
    return `${name} (${times})`
  })
}
