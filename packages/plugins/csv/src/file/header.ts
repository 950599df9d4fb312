import { ImportFailure } from '@leadnest/core/plugin'
import { meaningOf, plainHeader } from '../columns/synonyms.ts'
import { unshield } from '../values/formula.ts'

/**
 * The names of the columns, each once: one without a name is `Column 3`, and of two that are called alike the second is
 * `Created at (2)`. Throws where those two would be the same of a lead, for nobody can say which is meant.
 */
export function namesOf(cells: string[], header: boolean): string[] {
  if (!header) return cells.map((_, i) => `Column ${i + 1}`)
  const names = cells.map(nameOf)
  const seen = new Set<string>()
  const taken = new Set(names.map(keyOf))
  const numbers = new Map<string, number>()
  const free = (name: string): string => {
    for (let number = (numbers.get(keyOf(name)) ?? 0) + 1; ; number++) {
      const made = number === 1 ? name : `${name} (${number})`
      if (taken.has(keyOf(made))) continue
      numbers.set(keyOf(name), number)
      taken.add(keyOf(made))
      return made
    }
  }
  return names.map((name, i) => {
    if (name === '') return free(`Column ${i + 1}`)
    if (!seen.has(keyOf(name))) {
      seen.add(keyOf(name))
      return name
    }
    if (meaningOf(name))
      throw new ImportFailure(
        'duplicate_header',
        `Several columns are called “${name}”, and nobody can say which is meant. Rename all but one.`,
      )
    return free(name)
  })
}

/** What Postgres can hold, also where a character of two halves stands at the cut. */
const nameOf = (cell: string) => unshield(cell.trim()).replaceAll('\0', '␀').slice(0, 200).toWellFormed()

/** What two headers have alike that are written alike. */
const keyOf = (name: string) => plainHeader(name) || name
