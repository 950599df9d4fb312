import type { LeadCount } from '@leadnest/core'
import type { ListAddress } from '../list-address.ts'
import { countOf } from '../segments/page.tsx'

/** What can be done with the rows that are ticked, or with all that the list shows. */
export function BulkBar({
  address: { q, filter, segment },
  count,
}: {
  address: ListAddress
  count: LeadCount | undefined
}) {
  return (
    <form id="bulk" action="/admin/leads/bulk" class="actions bulk">
      {q && <input type="hidden" name="q" value={q} />}
      {filter && <input type="hidden" name="filter" value={filter} />}
      {segment && <input type="hidden" name="segment" value={segment} />}
      <button class="button" type="submit" name="which" value="ids">
        Change ticked
      </button>
      <button class="button" type="submit" name="which" value="merge">
        Merge two ticked
      </button>
      <button class="button" type="submit" name="which" value="matching">
        {count ? `Change all ${countOf(count)}` : 'Change all that match'}
      </button>
      <a class="button" href="/admin/jobs">
        Jobs
      </a>
    </form>
  )
}
