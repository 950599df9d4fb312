import type { Lead, Tag } from '@leadnest/core'
import { ErrorSummary } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { type Refused, refusal } from './refused.ts'

export function Tags({ tags }: { tags: string[] }) {
  return (
    <ul class="tags" aria-label="Tags">
      {tags.map((tag) => (
        <li>{tag}</li>
      ))}
    </ul>
  )
}

/** As many as a browser offers while somebody types. */
const mostOffered = 200

interface TagFormsProps {
  lead: Lead
  /** Every tag of the workspace. */
  known: Tag[]
  refused: Refused | undefined
}

/** Two forms, because Enter in the field would press the first button of its form. */
export function TagForms({ lead, known, refused }: TagFormsProps) {
  const action = `/admin/leads/${lead.id}/tags`
  const offered = known
    .filter(({ name }) => !lead.tags.includes(name))
    .sort((a, b) => b.leads - a.leads)
    .slice(0, mostOffered)
  return (
    <>
      {lead.tags.length > 0 && (
        <form method="post" action={action}>
          <ul class="tags" aria-label="Tags">
            {lead.tags.map((tag) => (
              <li class="removable">
                <span>{tag}</span>
                <button type="submit" name="remove" value={tag} aria-label={`Remove the tag ${tag}`} title="Remove">
                  <Icon name="cross" />
                </button>
              </li>
            ))}
          </ul>
        </form>
      )}
      <form method="post" action={action}>
        {refused && <ErrorSummary title={refusal} issues={refused.issues} />}
        <label class="unseen" for="tag">
          Add a tag
        </label>
        <div class="with-button">
          <input
            id="tag"
            name="add"
            list="known-tags"
            value={refused?.typed.add}
            placeholder="Add a tag"
            autocomplete="off"
            required
            maxlength={50}
            aria-invalid={refused ? 'true' : undefined}
            aria-describedby={refused ? 'errors' : undefined}
          />
          <button class="button" type="submit">
            Add
          </button>
        </div>
        <datalist id="known-tags">
          {offered.map(({ name }) => (
            <option value={name} />
          ))}
        </datalist>
      </form>
    </>
  )
}
