import type { Issue, Lead, Session } from '@leadnest/core'
import { Icon } from '../icon.tsx'
import { type ListAddress, listPath } from './list-address.ts'
import { SaveSegment } from './segments/segment-links.tsx'
import type { StageNames } from './stage.tsx'

interface FilterBoxProps {
  address: ListAddress
  session: Session
  issues: Issue[]
}

/** Where a filter is written. What else the address says comes from inside the list, which a search swaps. */
export function FilterBox({ address: { q, filter, segment }, session, issues }: FilterBoxProps) {
  const [issue] = issues
  const maySave = session.scopes.includes('leads:write') && !issue && !segment && (filter !== '' || q !== '')
  return (
    <details class="filter" open={filter !== ''}>
      <summary>
        <Icon name="filter" /> Filter
      </summary>
      <form id="filter-form" action="/admin/leads">
        <label class="unseen" for="filter">
          Filter
        </label>
        <div class="with-button">
          <input
            id="filter"
            name="filter"
            value={filter}
            placeholder='stage = new and (tag = "VIP" or createdAt > -7d)'
            autocomplete="off"
            spellcheck={false}
            autocapitalize="off"
            aria-invalid={issue ? 'true' : undefined}
            aria-describedby={issue ? 'filter-error filter-hint' : 'filter-hint'}
          />
          <button class="button" type="submit">
            Apply
          </button>
        </div>
        {issue && (
          <p class="field-error" id="filter-error" role="alert">
            {issue.message}
          </p>
        )}
        <p class="muted small" id="filter-hint">
          Fields: email, phone, name, company, stage, rotten, ownerId, score, tag, form, event, import, createdAt,
          nextActionAt, utmSource, fields.plan … Compare with =, !=, ~ (contains), &gt;, &lt;, in (a, b), is empty; join
          with and, or, not.
        </p>
      </form>
      {maySave && <SaveSegment filter={filter} />}
    </details>
  )
}

interface FilterLinksProps {
  address: ListAddress
  session: Session
  stages: StageNames
  leads: Lead[]
}

/** As many of each kind as one row takes. */
const most = { stages: 8, tags: 5 }

/** Filters to click: the one that is on leads back to all leads. */
export function FilterLinks({ address, session, stages, leads }: FilterLinksProps) {
  const { q, sort, filter, segment } = address
  const byStage = [...stages]
    .slice(0, most.stages)
    .map(([key, { label }]) => ({ name: label, filter: `stage = ${key}` }))
  const byTag = tagsOf(leads, filter).map((tag) => ({ name: tag, filter: `tag = ${quoted(tag)}` }))
  const ready = [
    { name: 'Mine', filter: `ownerId = ${session.user.id}` },
    { name: 'Nobody’s', filter: 'ownerId is empty' },
    { name: 'Last 7 days', filter: 'createdAt > -7d' },
    ...byStage,
    ...byTag,
  ]
  return (
    <nav class="chips" aria-label="Filters">
      {ready.map((link) => {
        const on = link.filter === filter
        return (
          <a
            href={listPath({ q, sort, segment, filter: on ? '' : link.filter })}
            aria-current={on ? 'true' : undefined}
          >
            {link.name}
            {on && <Icon name="cross" />}
          </a>
        )
      })}
    </nav>
  )
}

/** The tags that are seen most on this page, and the one that is filtered by. */
function tagsOf(leads: Lead[], filter: string): string[] {
  const uses = Map.groupBy(
    leads.flatMap(({ tags }) => tags),
    (tag) => tag,
  )
  return [...uses.keys()]
    .sort(
      (a, b) =>
        Number(filter === `tag = ${quoted(b)}`) - Number(filter === `tag = ${quoted(a)}`) ||
        uses.get(b)!.length - uses.get(a)!.length,
    )
    .slice(0, most.tags)
}

/** A value of the grammar that may hold anything. */
const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
