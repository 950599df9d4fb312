import type { Issue, LeadField, Session } from '@leadnest/core'
import { ErrorSummary, TextField } from '../../fields.tsx'
import { Icon } from '../../icon.tsx'
import { SettingsPage } from '../frame.tsx'
import { Options } from './index-page.tsx'
import { hasOptions, typeNames } from './typed.ts'

interface EditFieldProps {
  session: Session
  field: LeadField
  typed: { label: string; options: string }
  issues?: Issue[]
  justSaved?: boolean
}

export function EditFieldPage({ session, field, typed, issues = [], justSaved = false }: EditFieldProps) {
  const action = `/admin/settings/fields/${field.key}`
  return (
    <SettingsPage title={field.label} at="/admin/settings/fields" {...{ session, issues, justSaved }}>
      <p class="back">
        <a href="/admin/settings/fields">
          <Icon name="arrow-left" /> Fields
        </a>
      </p>
      <div class="head">
        <div>
          <h1>{field.label}</h1>
          <p class="under-title muted">
            <code>{field.key}</code> <span>{typeNames[field.type]}</span>
          </p>
        </div>
      </div>
      <div class="stack">
        <section class="card" aria-label="Field">
          <form method="post" action={action}>
            {issues.length > 0 && <ErrorSummary title="Nothing was saved yet." issues={issues} />}
            <TextField
              name="label"
              label="Label"
              type="text"
              autocomplete="off"
              value={typed.label}
              required
              maxlength={200}
              issues={issues}
            />
            {hasOptions(field.type) && (
              <>
                <Options value={typed.options} issues={issues} />
                <p class="muted small">An option that goes stays with the leads that have it.</p>
              </>
            )}
            <div class="actions">
              <button class="button primary" type="submit">
                Save
              </button>
              <a class="button" href="/admin/settings/fields">
                Cancel
              </a>
            </div>
          </form>
        </section>
        <section class="card" aria-labelledby="archive">
          <h2 id="archive">{field.archivedAt ? 'Bring it back' : 'Archive'}</h2>
          <p>
            {field.archivedAt
              ? 'The field is archived. Leads kept their values, and show them again.'
              : 'An archived field is neither shown nor written. Leads keep their values, and it can be brought back.'}
          </p>
          <form method="post" action={`${action}/${field.archivedAt ? 'restore' : 'archive'}`}>
            <button class="button" type="submit">
              {field.archivedAt ? 'Bring back' : 'Archive field'}
            </button>
          </form>
        </section>
      </div>
    </SettingsPage>
  )
}
