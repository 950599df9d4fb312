import type { Duplicate, Lead, Merge } from '@leadnest/core'
import { Icon } from '../../icon.tsx'
import { Time } from '../../time.tsx'
import { nameOf } from '../name.ts'

export const reasons: Record<Duplicate['reasons'][number], string> = {
  externalId: 'the same external id',
  email: 'the same e-mail',
  phone: 'the same phone',
  name: 'a similar name and company',
}

interface DuplicatesProps {
  lead: Lead
  duplicates: Duplicate[]
  mayEdit: boolean
}

/** Who may be the same person, to be made one with this lead or told apart from it. */
export function Duplicates({ lead, duplicates, mayEdit }: DuplicatesProps) {
  if (duplicates.length === 0) return null
  return (
    <section class="card" aria-labelledby="duplicates">
      <h2 id="duplicates">Possible duplicates</h2>
      <ul class="rows">
        {duplicates.map((pair) => {
          const other = pair.leads.find(({ id }) => id !== lead.id)!
          return (
            <li>
              <a class="row-link" href={`/admin/leads/${other.id}`}>
                {nameOf(other)}
              </a>
              <p class="muted small">
                {other.email && other.email !== nameOf(other) && `${other.email}; `}
                {pair.reasons.map((reason) => reasons[reason]).join(', ')}
              </p>
              {mayEdit && (
                <div class="actions">
                  <form method="post" action={`/admin/leads/${lead.id}/merge/${other.id}`}>
                    <button class="button" type="submit" aria-label={`Merge with ${nameOf(other)}`}>
                      Merge
                    </button>
                  </form>
                  <a class="button" href={`/admin/leads/${lead.id}/merge/${other.id}`}>
                    Compare
                  </a>
                  <form method="post" action={`/admin/leads/${lead.id}/duplicates/${pair.id}/dismiss`}>
                    <button class="button" type="submit" aria-label={`${nameOf(other)} is somebody else`}>
                      Not the same
                    </button>
                  </form>
                </div>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** What was merged into the lead, while it can be undone. */
export function Merges({ lead, merges, mayEdit }: { lead: Lead; merges: Merge[]; mayEdit: boolean }) {
  const undoable = merges.filter(({ undoneAt, undoUntil }) => !undoneAt && Date.parse(undoUntil) > Date.now())
  if (undoable.length === 0) return null
  return (
    <section class="card" aria-labelledby="merges">
      <h2 id="merges">Merged leads</h2>
      <ul class="rows">
        {undoable.map(({ id, actor, createdAt }) => (
          <li>
            <p>
              <Icon name="people" /> Merged <Time at={createdAt} />
              {actor.name && ` by ${actor.name}`}
            </p>
            {mayEdit && (
              <form method="post" action={`/admin/leads/${lead.id}/merges/${id}/undo`}>
                <button class="button" type="submit">
                  Undo the merge
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
