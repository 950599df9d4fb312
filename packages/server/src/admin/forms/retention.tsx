import type { ClearingPreview, Form, LeadCount, Retention as Rules } from '@leadnest/core'
import { ErrorSummary, TextField } from '../fields.tsx'
import { type Refused, typedIn } from './refused.ts'

const labels: Record<keyof Rules, string> = {
  spamDays: 'Days that spam is kept',
  heldDays: 'Days that what is held is kept',
  submissionDays: 'Days that what was accepted is kept (the lead stays)',
  leadDays: 'Days without activity after which a lead goes',
}
const kinds = Object.keys(labels) as (keyof Rules)[]
export const retentionFields = kinds.map((kind) => `retention.${kind}`)

/** Days as they were typed; an empty field is for ever. */
export function readDays(typed: Record<string, string>): Record<string, number | null> {
  const days = (text: string) => (text === '' ? null : /^\d+$/.test(text) ? Number(text) : Number.NaN)
  return Object.fromEntries(kinds.map((kind) => [kind, days((typed[`retention.${kind}`] ?? '').trim())]))
}

interface RetentionProps {
  form: Form
  mayEdit: boolean
  refused: Refused | undefined
  /** What rules that are tried would erase. */
  tried: { typed: Record<string, string>; preview: ClearingPreview } | undefined
}

/** After how many days what came by the form is erased. */
export function Retention({ form, mayEdit, refused, tried }: RetentionProps) {
  const value = (kind: keyof Rules) =>
    tried?.typed[`retention.${kind}`] ?? typedIn(refused, `retention.${kind}`) ?? String(form.retention[kind] ?? '')
  const issues = refused?.issues ?? []
  return (
    <section class="card" aria-labelledby="retention">
      <h2 id="retention">How long it is kept</h2>
      <p>
        What is older is erased every night, for ever. A lead is left alone while another form keeps it, or another door
        told of it, while it is won, and while a next action is ahead.
      </p>
      {mayEdit ? (
        <form method="post" action={`/admin/forms/${form.id}/retention`}>
          {refused && <ErrorSummary title={refused.title} issues={issues} />}
          {kinds.map((kind) => (
            <TextField
              name={`retention.${kind}`}
              label={labels[kind]}
              {...(kind === 'spamDays' && { hint: 'Empty is for ever.' })}
              type="text"
              inputmode="numeric"
              autocomplete="off"
              value={value(kind)}
              issues={issues}
            />
          ))}
          {tried && <Preview preview={tried.preview} />}
          <div class="actions">
            <button class="button" type="submit">
              Save days
            </button>
            <button class="button" type="submit" formaction={`/admin/forms/${form.id}/retention/try#retention`}>
              How many would that be?
            </button>
          </div>
        </form>
      ) : (
        <dl class="facts">
          {kinds.map((kind) => (
            <div>
              <dt>{labels[kind]}</dt>
              <dd class="figures">{form.retention[kind] === null ? 'for ever' : form.retention[kind]}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

function Preview({ preview: { spam, held, submissions, leads } }: { preview: ClearingPreview }) {
  const count = ({ value, exact }: LeadCount) => `${exact ? '' : 'at least '}${value.toLocaleString('en')}`
  return (
    <p class="notice" role="status">
      Tonight this would erase {count(spam)} spam, {count(held)} held, {count(submissions)} accepted submissions and{' '}
      {count(leads)} leads.
    </p>
  )
}
