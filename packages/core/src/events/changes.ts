import { isSameJson } from '../same-json.ts'

/** What an event tells of a change: each value that is different, before and after. */
export type Changes = Record<string, [before: unknown, after: unknown]>

export function changesIn<Row extends object>(
  before: Row,
  after: Row,
  names: readonly (keyof Row & string)[],
): Changes {
  return Object.fromEntries(
    names.filter((name) => !isSameJson(before[name], after[name])).map((name) => [name, [before[name], after[name]]]),
  )
}
