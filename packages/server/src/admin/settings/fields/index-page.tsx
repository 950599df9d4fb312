import type { Issue, LeadField, Session } from '@leadnest/core'
import { ErrorSummary, SelectField, TextArea, TextField } from '../../fields.tsx'
import { Icon } from '../../icon.tsx'
import { SettingsPage } from '../frame.tsx'
import { typeNames } from './typed.ts'

export interface TypedField {
  label: string
  key: string
  type: string
  options: string
}

interface FieldsProps {
  session: Session
  fields: LeadField[]
  typed?: TypedField
  issues?: Issue[]
  justSaved: boolean
}

const nothing: TypedField = { label: '', key: '', type: 'text', options: '' }

export function FieldsPage({ session, fields, typed = nothing, issues = [], justSaved }: FieldsProps) {
  const mayWrite = session.scopes.includes('settings:write')
  const [archived, shown] = [fields.filter(({ archivedAt }) => archivedAt), fields.filter((field) => !field.archivedAt)]
  return (
    <SettingsPage title="Fields" at="/admin/settings/fields" {...{ session, issues, justSaved }}>
      <div class="head">
        <div>
          <h1>Fields</h1>
          <p class="muted">What your leads have beyond name, e-mail, phone and company.</p>
        </div>
      </div>
      <div class="stack">
        <section class="card" aria-label="Fields">
          {shown.length === 0 ? (
            <p class="muted">No field yet. A form that asks for more than the columns of a lead defines fields too.</p>
          ) : (
            <FieldTable fields={shown} mayWrite={mayWrite} />
          )}
        </section>
        {archived.length > 0 && (
          <section class="card" aria-labelledby="archived">
            <h2 id="archived">Archived</h2>
            <p class="muted">Neither shown nor written; leads keep their values.</p>
            <FieldTable fields={archived} mayWrite={mayWrite} />
          </section>
        )}
        {mayWrite && (
          <section class="card" aria-labelledby="new-field">
            <h2 id="new-field">Add a field</h2>
            <form method="post" action="/admin/settings/fields">
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
              <TextField
                name="key"
                label="Key"
                type="text"
                autocomplete="off"
                value={typed.key}
                maxlength={63}
                hint="What forms, filters and the API call it. Left empty it is made of the label; it stays, and so does the type."
                issues={issues}
              />
              <SelectField name="type" label="Type" issues={issues}>
                {Object.entries(typeNames).map(([type, name]) => (
                  <option
                    value={type}
                    class={type === 'select' || type === 'multi_select' ? 'chosen' : undefined}
                    selected={type === typed.type}
                  >
                    {name}
                  </option>
                ))}
              </SelectField>
              <div class="only-chosen">
                <Options value={typed.options} issues={issues} />
              </div>
              <button class="button" type="submit">
                <Icon name="plus" /> Add
              </button>
            </form>
          </section>
        )}
      </div>
    </SettingsPage>
  )
}

export function Options({ value, issues }: { value: string; issues: Issue[] }) {
  return (
    <TextArea
      name="options"
      label="Options, one on a line"
      value={value}
      rows={4}
      hint="Where what is stored is called otherwise: pro = Professional."
      issues={issues}
    />
  )
}

function FieldTable({ fields, mayWrite }: { fields: LeadField[]; mayWrite: boolean }) {
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="col">Key</th>
            <th scope="col">Type</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ key, label, type, options }) => (
            <tr>
              <td>
                {mayWrite ? (
                  <a class="row-link" href={`/admin/settings/fields/${key}`}>
                    {label}
                  </a>
                ) : (
                  label
                )}
              </td>
              <td>
                <code>{key}</code>
              </td>
              <td>
                {typeNames[type]}
                {options.length > 0 && <small>{options.map((option) => option.label).join(', ')}</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
