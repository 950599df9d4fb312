import type { Context } from 'hono'
import { plain } from '../list-address.ts'

/** Which leads are meant, as the forms of the page carry it: those that were ticked, or all that a list shows. */
export interface Which {
  ids: string[]
  q: string
  filter: string
  segment: string
  matching: boolean
}

export function readWhich(values: (name: string) => string[]): Which {
  const one = (name: string) => plain(values(name)[0])
  const matching = one('which') === 'matching'
  return {
    ids: matching ? [] : values('ids').map((id) => plain(id)),
    q: one('q'),
    filter: one('filter'),
    segment: one('segment'),
    matching,
  }
}

export const queriesOf = (c: Context) => (name: string) => c.req.queries(name) ?? []

/** As the use case takes it. */
export function selectionOf({ ids, q, filter, segment, matching }: Which) {
  if (!matching) return { ids }
  const narrowed = { ...(q && { q }), ...(filter && { filter }), ...(segment && { segment }) }
  return Object.keys(narrowed).length > 0 ? narrowed : { all: true as const }
}

export function WhichFields({ which: { ids, q, filter, segment, matching } }: { which: Which }) {
  return (
    <>
      {matching && <input type="hidden" name="which" value="matching" />}
      {ids.map((id) => (
        <input type="hidden" name="ids" value={id} />
      ))}
      {q && <input type="hidden" name="q" value={q} />}
      {filter && <input type="hidden" name="filter" value={filter} />}
      {segment && <input type="hidden" name="segment" value={segment} />}
    </>
  )
}
