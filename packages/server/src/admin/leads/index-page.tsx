import type { Issue, Lead, LeadCount, Segment, Session } from '@leadnest/core'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { Live } from '../live/live.tsx'
import { BulkBar } from './bulk/bar.tsx'
import { EmptyList, type FirstForm } from './empty-list.tsx'
import { FilterBox, FilterLinks } from './filter-box.tsx'
import { LeadTable } from './lead-table.tsx'
import { type ListAddress, listPath, pathBack, pathOnward } from './list-address.ts'
import { nameOf } from './name.ts'
import type { MemberNames } from './owner.ts'
import { countOf } from './segments/page.tsx'
import { SegmentLinks } from './segments/segment-links.tsx'
import type { StageNames } from './stage.tsx'

interface LeadsProps {
  session: Session
  address: ListAddress
  leads: Lead[]
  nextCursor: string | null
  count: LeadCount | undefined
  segments: Segment[]
  /** What is wrong with the filter. */
  issues: Issue[]
  stages: StageNames
  members: MemberNames
  /** Somebody comes from deleting a lead, or from erasing one. */
  justDeleted: boolean
  justErased: boolean
  /** For the page's first lesson; asked for only while there is no lead. */
  firstForm: FirstForm | undefined
  publicUrl: string
}

export function LeadsPage({ session, address, leads, nextCursor, firstForm, publicUrl, ...shown }: LeadsProps) {
  const { stages, members, justDeleted, justErased, issues, count, segments } = shown
  const { q, filter, segment, sort, cursor } = address
  const mayWrite = session.scopes.includes('leads:write')
  const nothingYet = leads.length === 0 && !q && !filter && !segment && !cursor
  return (
    <Layout title={issues.length > 0 ? 'Error: Leads' : 'Leads'} session={session} at="/admin/leads">
      <div class="head">
        <h1>Leads</h1>
        <Live />
        <SearchBox address={address} />
      </div>
      <FilterBox {...{ address, session, issues }} />
      <section
        id="leads"
        aria-label="Leads"
        hx-get={listPath(address)}
        hx-trigger={issues.length > 0 ? 'never' : 'lead from:#live, every 60s'}
        hx-swap="outerMorph"
        hx-select="#leads"
        hx-sync="this:queue last"
      >
        {q && <input type="hidden" name="q" value={q} form="filter-form" />}
        {q && <input type="hidden" name="q" value={q} form="segment-form" />}
        {segment && <input type="hidden" name="segment" value={segment} form="filter-form" />}
        {sort !== '-createdAt' && <input type="hidden" name="sort" value={sort} form="filter-form" />}
        <SegmentLinks {...{ address, segments }} />
        {!nothingYet && <FilterLinks {...{ address, session, stages, leads }} />}
        {justDeleted && (
          <p class="notice" role="status">
            <Icon name="check" /> The lead is deleted. It is kept for 30 days, and comes back if the person writes
            again.
          </p>
        )}
        {justErased && (
          <p class="notice" role="status">
            <Icon name="check" /> The lead is erased, with everything that was known of the person.
          </p>
        )}
        <p id="leads-note" role="status" class={q || filter || segment ? 'note' : 'unseen'}>
          {issues.length === 0 && noteOf(address, leads, count)}
          {q && (
            <>
              {' '}
              <a href={listPath({ filter, segment, sort })}>Clear the search</a>
            </>
          )}
          {filter && (
            <>
              {' '}
              <a href={listPath({ q, segment, sort })}>Clear the filter</a>
            </>
          )}
        </p>
        {count && !q && !filter && !segment && !nothingYet && <p class="note">{countOf(count)}</p>}
        {nothingYet && <EmptyList first={firstForm} publicUrl={publicUrl} />}
        {leads.length > 0 && <LeadTable {...{ leads, address, stages, members, mayWrite }} />}
        {leads.length > 0 && mayWrite && <BulkBar {...{ address, count }} />}
        <Pages address={address} nextCursor={nextCursor} />
      </section>
      <nav class="below chips" aria-label="More about leads">
        <a href="/admin/duplicates">Possible duplicates</a>
        {(leads.length === 0 || !mayWrite) && <a href="/admin/jobs">Jobs</a>}
      </nav>
    </Layout>
  )
}

function SearchBox({ address: { q, filter, segment, sort } }: { address: ListAddress }) {
  return (
    <search>
      <form
        class="search"
        action="/admin/leads"
        hx-get="/admin/leads"
        hx-trigger="input changed delay:250ms, submit"
        hx-target="#leads"
        hx-select="#leads"
        hx-swap="outerMorph"
        hx-sync="#leads:replace"
        hx-push-url="true"
      >
        <Icon name="search" />
        <label class="unseen" for="q">
          Search leads
        </label>
        <input
          id="q"
          name="q"
          type="search"
          value={q}
          placeholder="Name, e-mail, phone, company"
          autocomplete="off"
          spellcheck={false}
          maxlength={200}
          aria-keyshortcuts="/"
        />
        <span class="key" aria-hidden="true">
          /
        </span>
        {filter && <input type="hidden" name="filter" value={filter} />}
        {segment && <input type="hidden" name="segment" value={segment} />}
        {sort !== '-createdAt' && <input type="hidden" name="sort" value={sort} />}
        <button class="unseen" type="submit">
          Search
        </button>
      </form>
    </search>
  )
}

/** Read aloud when it changes: what a search found, or who came in while the list was open. */
function noteOf(
  { q, filter, segment, cursor, sort }: ListAddress,
  leads: Lead[],
  count: LeadCount | undefined,
): string {
  const [first] = leads
  if (!q && !filter && !segment) return first && !cursor && sort === '-createdAt' ? `Newest lead: ${nameOf(first)}` : ''
  const wanted = [q && `“${q}”`, filter && 'the filter', segment && 'the segment'].filter(Boolean).join(' and ')
  if (!first) return `No lead matches ${wanted}.`
  if (cursor || !count) return `More leads that match ${wanted}.`
  return `${countOf(count)} ${count.value === 1 ? 'matches' : 'match'} ${wanted}.`
}

function Pages({ address, nextCursor }: { address: ListAddress; nextCursor: string | null }) {
  if (!address.cursor && !nextCursor) return null
  const byTime = address.sort.endsWith('At')
  const newestFirst = address.sort.startsWith('-')
  const [back, onward] = byTime ? (newestFirst ? ['Newer', 'Older'] : ['Older', 'Newer']) : ['Previous', 'Next']
  return (
    <nav class="pages" aria-label="Pages">
      {address.cursor && (
        <a class="button" href={pathBack(address)} rel="prev">
          <Icon name="arrow-left" /> {back}
        </a>
      )}
      {nextCursor && (
        <a class="button" href={pathOnward(address, nextCursor)} rel="next">
          {onward} <Icon name="arrow-right" />
        </a>
      )}
    </nav>
  )
}
