import type { Form } from '@leadnest/core'
import { ErrorSummary } from '../fields.tsx'
import type { Refused } from './refused.ts'

interface DoubleOptInProps {
  form: Form
  mayEdit: boolean
  refused: Refused | undefined
}

/** Whether people confirm by a link what they sent. */
export function DoubleOptIn({ form, mayEdit, refused }: DoubleOptInProps) {
  return (
    <section class="card" aria-labelledby="double">
      <h2 id="double">Double opt-in</h2>
      <p>
        What visitors send waits under <a href="/admin/held">Held</a> until they follow a link to their address. Then it
        becomes a lead, and what they agreed to is proved. Say in the text after sending that a message is coming.
      </p>
      {mayEdit ? (
        <form method="post" action={`/admin/forms/${form.id}/double-opt-in`}>
          {refused && <ErrorSummary title={refused.title} issues={refused.issues} />}
          <label class="choice">
            <input
              id="doubleOptIn"
              type="checkbox"
              name="doubleOptIn"
              value="true"
              checked={form.doubleOptIn}
              aria-invalid={refused ? 'true' : undefined}
            />{' '}
            People confirm what they send
          </label>
          <button class="button" type="submit">
            Save double opt-in
          </button>
        </form>
      ) : (
        <p class="muted">{form.doubleOptIn ? 'People confirm what they send.' : 'It is off.'}</p>
      )}
    </section>
  )
}
