import type { Form } from '@leadnest/core'
import { ErrorSummary } from '../fields.tsx'
import { type Refused, typedIn } from './refused.ts'

interface OriginsProps {
  form: Form
  publicUrl: string
  mayEdit: boolean
  refused: Refused | undefined
}

/** Which sites may send the form without a key; who may change forms can change that here. */
export function Origins({ form, publicUrl, mayEdit, refused }: OriginsProps) {
  const own = new URL(publicUrl).origin
  return (
    <section class="card" aria-labelledby="sites">
      <h2 id="sites">Sites that may send it</h2>
      <p>
        <code>{own}</code> may always. A site that is not listed needs a publishable key: add <code>key="ln_pk_…"</code>{' '}
        to <code>&lt;leadnest-form&gt;</code>.
      </p>
      {mayEdit ? (
        <form method="post" action={`/admin/forms/${form.id}/origins`}>
          {refused && (
            <ErrorSummary
              title={refused.title}
              issues={refused.issues.map(({ message }) => ({ path: 'origins', message }))}
            />
          )}
          <div class="field">
            <label for="origins">Other sites, one on a line</label>
            <textarea
              id="origins"
              name="origins"
              rows={4}
              spellcheck={false}
              placeholder="https://www.example.com"
              aria-invalid={refused ? 'true' : undefined}
              aria-describedby={refused ? 'errors' : undefined}
            >
              {typedIn(refused, 'origins') ?? form.origins.join('\n')}
            </textarea>
          </div>
          <button class="button" type="submit">
            Save sites
          </button>
        </form>
      ) : form.origins.length === 0 ? (
        <p class="muted">No other site is listed.</p>
      ) : (
        <ul aria-label="Other sites">
          {form.origins.map((origin) => (
            <li>
              <code>{origin}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
