import { type LeadQuery, LeadQuery as Schema } from '@leadnest/core'
import * as v from 'valibot'

/** A list as its address tells it. `trail` holds the cursors of the newer pages, so that one can go back without script. */
export interface ListAddress {
  q: string
  /** In the grammar of lists; it may be one that cannot be read. */
  filter: string
  /** The id of one, or empty. */
  segment: string
  sort: LeadQuery['sort']
  cursor: string | undefined
  trail: string[]
}

const Sort = Schema.entries.sort
const longestTrail = 30

/** Reads an address kindly: what makes no sense is left out, for people edit and shorten links. */
export function readAddress(query: Record<string, string>): ListAddress {
  const sort = v.safeParse(Sort, query.sort)
  return {
    q: plain(query.q).slice(0, 200),
    filter: plain(query.filter),
    segment: plain(query.segment),
    sort: sort.success ? sort.output : '-createdAt',
    cursor: query.cursor || undefined,
    trail: query.trail?.split('~') ?? [],
  }
}

/** Postgres refuses NUL, and nobody types the other control characters. */
export const plain = (text = '') => text.replace(/\p{Cc}/gu, ' ').trim()

export function listPath({ q, filter, segment, sort, cursor, trail }: Partial<ListAddress>): string {
  const params = new URLSearchParams()
  if (q) params.set('q', q)
  if (filter) params.set('filter', filter)
  if (segment) params.set('segment', segment)
  if (sort && sort !== '-createdAt') params.set('sort', sort)
  if (cursor) params.set('cursor', cursor)
  if (cursor && trail?.length) params.set('trail', trail.join('~'))
  const query = params.toString()
  return query ? `/admin/leads?${query}` : '/admin/leads'
}

/** The page after this one. The first page has no cursor, so it leaves no step on the trail. */
export function pathOnward(address: ListAddress, cursor: string): string {
  const trail = address.cursor ? [...address.trail, address.cursor] : []
  return listPath({ ...address, cursor, trail: trail.slice(-longestTrail) })
}

export function pathBack(address: ListAddress): string {
  return listPath({ ...address, cursor: address.trail.at(-1), trail: address.trail.slice(0, -1) })
}
