import type { Form } from '@leadnest/core'
import { EmbedCode } from '../forms/embed-code.tsx'
import { isOnDemoPage } from '../forms/public-name.ts'
import { Icon } from '../icon.tsx'

export interface FirstForm {
  form: Form
  /** What the embed code calls it. */
  formName: string
}

/** The list before its first lead: how to get one, and that nobody has to reload to see it. */
export function EmptyList({ first, publicUrl }: { first: FirstForm | undefined; publicUrl: string }) {
  return (
    <div class="card empty">
      <Icon name="nest" />
      <h2>Waiting for your first lead</h2>
      <p class="muted">It appears here by itself, the moment somebody sends your form.</p>
      <ol class="steps">
        {first && (
          <li>
            <h3>Put the form on your page</h3>
            <p>
              Paste these two lines where “<a href={`/admin/forms/${first.form.id}`}>{first.form.name}</a>” shall
              appear.
            </p>
            <EmbedCode formName={first.formName} publicUrl={publicUrl} />
            <p class="muted hint">
              Then <a href={`/admin/forms/${first.form.id}#sites`}>list your site</a>, so that it may send the form.
            </p>
          </li>
        )}
        {first && isOnDemoPage(first.formName) && (
          <li>
            <h3>Or try it first</h3>
            <p>The demo page carries your form already. Send it and watch this list.</p>
            <p>
              <a class="button" href="/demo" target="_blank" rel="noopener">
                Open the demo page <Icon name="open" />
              </a>
            </p>
          </li>
        )}
      </ol>
    </div>
  )
}
