import type { Form, Session } from '@leadnest/core'
import { Layout } from '../layout.tsx'
import { Time } from '../time.tsx'

export function FormsPage({ session, forms }: { session: Session; forms: Form[] }) {
  return (
    <Layout title="Forms" session={session} at="/admin/forms">
      <div class="head">
        <h1>Forms</h1>
      </div>
      {forms.length === 0 && (
        <div class="card empty">
          <h2>No form yet</h2>
          <p class="muted">This workspace has no form to embed.</p>
        </div>
      )}
      <ul class="cards">
        {forms.map((form) => (
          <li class="card">
            <h2>
              <a class="row-link" href={`/admin/forms/${form.id}`}>
                {form.name}
              </a>
            </h2>
            <p class="muted">{form.fields.map(({ label }) => label).join(', ')}</p>
            <p class="muted small">
              <code>{form.slug}</code> · version {form.version} · changed <Time at={form.updatedAt} />
            </p>
          </li>
        ))}
      </ul>
    </Layout>
  )
}
