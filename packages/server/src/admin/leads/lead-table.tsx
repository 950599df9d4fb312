import type { Lead } from '@leadnest/core'
import { Time } from '../time.tsx'
import { type ListAddress, listPath } from './list-address.ts'
import { nameOf } from './name.ts'
import { type MemberNames, ownerName } from './owner.ts'
import { Source } from './source.tsx'
import { Stage, type StageNames } from './stage.tsx'
import { Tags } from './tags.tsx'

/** How long a new row stays marked, so that the eye finds what arrived while the list was open. */
const freshMs = 10_000

interface LeadTableProps {
  leads: Lead[]
  address: ListAddress
  stages: StageNames
  members: MemberNames
  /** Then rows can be ticked. */
  mayWrite: boolean
}

export function LeadTable({ leads, address, stages, members, mayWrite }: LeadTableProps) {
  return (
    <div class="table">
      <table class="leads">
        <thead>
          <tr>
            {mayWrite && (
              <th scope="col" class="tick">
                <span class="unseen">Tick</span>
              </th>
            )}
            <SortHeader name="name" label="Name" address={address} />
            <th scope="col">Company</th>
            <th scope="col">Source</th>
            <th scope="col">Stage</th>
            <th scope="col">Tags</th>
            <SortHeader name="score" label="Score" address={address} />
            <SortHeader name="lastActivityAt" label="Last activity" address={address} />
            <SortHeader name="createdAt" label="Came in" address={address} />
          </tr>
        </thead>
        <tbody>
          {leads.map((lead) => (
            <LeadRow {...{ lead, stages, members, mayWrite }} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function LeadRow({ lead, stages, members, mayWrite }: Omit<LeadTableProps, 'leads' | 'address'> & { lead: Lead }) {
  const name = nameOf(lead)
  const fresh = Date.now() - Date.parse(lead.createdAt) < freshMs
  return (
    <tr id={`lead-${lead.id}`} class={fresh ? 'fresh' : undefined}>
      {mayWrite && (
        <td class="tick">
          <input
            type="checkbox"
            name="ids"
            value={lead.id}
            form="bulk"
            aria-label={`Tick ${name}`}
            autocomplete="off"
          />
        </td>
      )}
      <td class="who">
        <a class="row-link" href={`/admin/leads/${lead.id}`}>
          {name}
        </a>
        {lead.email && lead.email !== name && <small>{lead.email}</small>}
      </td>
      <td class="company">
        {lead.company}
        {lead.phone && lead.phone !== name && <small class="figures">{lead.phone}</small>}
        {!lead.company && !lead.phone && <span class="muted">—</span>}
      </td>
      <td class="source">
        <Source attribution={lead.attribution.first} />
      </td>
      <td class="stage-cell">
        <Stage stage={lead.stage} stages={stages} />
        {lead.ownerId && (
          <small>
            <span class="unseen">Owner: </span>
            {ownerName(lead.ownerId, members)}
          </small>
        )}
      </td>
      <td class="tags-cell">{lead.tags.length > 0 && <Tags tags={lead.tags} />}</td>
      <td class="score figures">{lead.score}</td>
      <td class="activity figures">
        <Time at={lead.lastActivityAt} />
      </td>
      <td class="created figures">
        <Time at={lead.createdAt} />
      </td>
    </tr>
  )
}

interface SortHeaderProps {
  name: 'createdAt' | 'lastActivityAt' | 'score' | 'name'
  label: string
  address: ListAddress
}

function SortHeader({ name, label, address: { q, filter, segment, sort } }: SortHeaderProps) {
  const order = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined
  // Names are read from A on, all else from the latest or greatest.
  const [first, second] = name === 'name' ? ([name, `-${name}`] as const) : ([`-${name}`, name] as const)
  const turned = sort === first ? second : first
  return (
    <th scope="col" aria-sort={order}>
      <a href={listPath({ q, filter, segment, sort: turned })}>
        {label}
        <span aria-hidden="true">{order === 'ascending' ? ' ↑' : order === 'descending' ? ' ↓' : ''}</span>
      </a>
    </th>
  )
}
