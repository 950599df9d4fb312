import type { Issue, LeadCount, Segment, Session } from '@leadnest/core'
import { ErrorSummary, TextField } from '../../fields.tsx'
import { Icon } from '../../icon.tsx'
import { Layout } from '../../layout.tsx'
import { listPath } from '../list-address.ts'

export interface TypedSegment {
  /** None for a new one. */
  id?: string
  name: string
  filter: string
  q: string
}

interface SegmentsProps {
  session: Session
  segments: Segment[]
  refused?: { typed: TypedSegment; issues: Issue[] }
}

export function SegmentsPage({ session, segments, refused }: SegmentsProps) {
  const mayWrite = session.scopes.includes('leads:write')
  const isNew = refused && refused.typed.id === undefined
  return (
    <Layout title={refused ? 'Error: Segments' : 'Segments'} session={session} at="/admin/leads">
      <p class="back">
        <a href="/admin/leads">
          <Icon name="arrow-left" /> Leads
        </a>
      </p>
      <div class="head">
        <div>
          <h1>Segments</h1>
          <p class="muted">Filters and searches under a name. Their leads are those that answer now.</p>
        </div>
      </div>
      <div class="stack">
        {isNew && (
          <section class="card" aria-labelledby="new-segment">
            <h2 id="new-segment">New segment</h2>
            <SegmentForm action="/admin/leads/segments" prefix="" {...refused} />
          </section>
        )}
        {segments.length === 0 && !isNew && (
          <div class="card empty">
            <Icon name="filter" />
            <h2>No segment yet</h2>
            <p class="muted">Filter or search the list of leads, and keep that under a name.</p>
          </div>
        )}
        {segments.map((segment) => {
          const own = refused?.typed.id === segment.id ? refused : undefined
          return (
            <section class="card" aria-labelledby={`segment-${segment.id}`}>
              <h2 id={`segment-${segment.id}`}>
                <a href={listPath({ segment: segment.id })}>{segment.name}</a>
                {segment.count && <small>{countOf(segment.count)}</small>}
              </h2>
              <p class="muted">
                {segment.q && <span>“{segment.q}” </span>}
                {segment.filter && <code>{segment.filter}</code>}
              </p>
              {mayWrite && (
                <details class="more" open={own !== undefined}>
                  <summary>Change or delete</summary>
                  <SegmentForm
                    action={`/admin/leads/segments/${segment.id}`}
                    prefix={`${segment.id}-`}
                    typed={own?.typed ?? segment}
                    issues={own?.issues ?? []}
                  />
                  <form method="post" action={`/admin/leads/segments/${segment.id}/delete`}>
                    <button class="button danger" type="submit">
                      <Icon name="bin" /> Delete segment
                    </button>
                  </form>
                </details>
              )}
            </section>
          )
        })}
      </div>
    </Layout>
  )
}

interface SegmentFormProps {
  action: string
  /** Tells the fields of one form from those of another. */
  prefix: string
  typed: TypedSegment
  issues: Issue[]
}

function SegmentForm({ action, prefix, typed, issues }: SegmentFormProps) {
  const own = issues.map(({ path, message }) => ({ path: path && prefix + path, message }))
  const field = (name: 'name' | 'filter' | 'q') => ({ name: prefix + name, value: typed[name], issues: own })
  return (
    <form method="post" action={action}>
      {issues.length > 0 && <ErrorSummary title="Nothing was saved yet." issues={own} />}
      <TextField {...field('name')} label="Name" type="text" autocomplete="off" required maxlength={100} />
      <TextField {...field('filter')} label="Filter" type="text" autocomplete="off" />
      <TextField {...field('q')} label="Search" type="text" autocomplete="off" maxlength={200} />
      <button class="button" type="submit">
        Save
      </button>
    </form>
  )
}

const figures = new Intl.NumberFormat('en')

/** “1,234 leads”, “10,000+ leads”. */
export function countOf({ value, exact }: LeadCount): string {
  return `${figures.format(value)}${exact ? '' : '+'} ${value === 1 ? 'lead' : 'leads'}`
}
