import type { Segment } from '@leadnest/core'
import { Icon } from '../../icon.tsx'
import { type ListAddress, listPath } from '../list-address.ts'

/** As many as a row takes; the rest are on the page of segments. */
const most = 12

export function SegmentLinks({ address, segments }: { address: ListAddress; segments: Segment[] }) {
  if (segments.length === 0) return null
  const { sort } = address
  const shown = segments.filter(({ id }, i) => i < most || id === address.segment)
  return (
    <nav class="chips segments" aria-label="Segments">
      {shown.map(({ id, name }) => {
        const on = id === address.segment
        return (
          <a href={listPath({ sort, segment: on ? '' : id })} aria-current={on ? 'true' : undefined}>
            {name}
            {on && <Icon name="cross" />}
          </a>
        )
      })}
      <a href="/admin/leads/segments">All segments</a>
    </nav>
  )
}

/** Keeps the search and the filter of the list under a name. What is searched for comes from inside the list. */
export function SaveSegment({ filter }: { filter: string }) {
  return (
    <form id="segment-form" method="post" action="/admin/leads/segments">
      <input type="hidden" name="filter" value={filter} />
      <label class="unseen" for="segment-name">
        Name of the segment
      </label>
      <div class="with-button">
        <input
          id="segment-name"
          name="name"
          placeholder="Keep it as a segment named…"
          required
          maxlength={100}
          autocomplete="off"
        />
        <button class="button" type="submit">
          Save segment
        </button>
      </div>
    </form>
  )
}
