import type { Form } from '@leadnest/core'
import { ErrorSummary, TextField } from '../fields.tsx'
import { type Refused, typedIn } from './refused.ts'

export const wordFields = ['name', 'submitLabel', 'successMessage', 'language', 'minFillSeconds'] as const

interface WordsProps {
  form: Form
  mayEdit: boolean
  refused: Refused | undefined
}

/** What the form says, and how long a person takes at least to fill it in. */
export function Words({ form, mayEdit, refused }: WordsProps) {
  const value = (name: (typeof wordFields)[number]) => typedIn(refused, name) ?? String(form[name])
  const issues = refused?.issues ?? []
  return (
    <section class="card" aria-labelledby="words">
      <h2 id="words">Words and pace</h2>
      {mayEdit ? (
        <form method="post" action={`/admin/forms/${form.id}/words`}>
          {refused && <ErrorSummary title={refused.title} issues={issues} />}
          {(
            [
              ['name', 'Name', 'Visitors see it as the title of the hosted page.'],
              ['submitLabel', 'Button', undefined],
              ['successMessage', 'After sending', undefined],
              ['language', 'Language', 'A language tag, as in en or pt-BR.'],
            ] as const
          ).map(([name, label, hint]) => (
            <TextField
              {...{ name, label, issues }}
              type="text"
              autocomplete="off"
              value={value(name)}
              {...(hint && { hint })}
            />
          ))}
          <TextField
            name="minFillSeconds"
            label="Held when sent faster than, in seconds"
            type="text"
            inputmode="numeric"
            autocomplete="off"
            value={value('minFillSeconds')}
            issues={issues}
          />
          <button class="button" type="submit">
            Save words
          </button>
        </form>
      ) : (
        <dl class="facts">
          <div>
            <dt>Button</dt>
            <dd>{form.submitLabel}</dd>
          </div>
          <div>
            <dt>After sending</dt>
            <dd>{form.successMessage}</dd>
          </div>
          <div>
            <dt>Language</dt>
            <dd>{new Intl.DisplayNames('en', { type: 'language' }).of(form.language)}</dd>
          </div>
          <div>
            <dt>Held when faster than</dt>
            <dd class="figures">{form.minFillSeconds} s</dd>
          </div>
        </dl>
      )}
    </section>
  )
}
