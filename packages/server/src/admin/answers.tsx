import type { Form } from '@leadnest/core'

type Value = string | number | boolean | null | unknown[] | Record<string, unknown>

/** Field names as the forms of the workspace label them. A map, because visitors choose the names of keys. */
export function labelsOf(forms: Form[]): ReadonlyMap<string, string> {
  return new Map(forms.flatMap((form) => form.fields.map(({ name, label }) => [name, label])))
}

export function printed(value: Value): string {
  if (value === true) return 'Yes'
  if (value === false) return 'No'
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return '—'
  if (Array.isArray(value)) return value.map((one) => printed(one as Value)).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** What was filled in, field by field. */
export function Answers({ fields, labels }: { fields: Record<string, Value>; labels: ReadonlyMap<string, string> }) {
  return (
    <dl class="facts">
      {Object.entries(fields).map(([name, value]) => (
        <div>
          <dt>{labels.get(name) ?? name}</dt>
          <dd>{printed(value)}</dd>
        </div>
      ))}
    </dl>
  )
}
