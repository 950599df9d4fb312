import type { Form } from '@leadnest/core'
import { Page } from './page.tsx'
import { textsFor } from './texts.ts'

export function ThanksPage({ form, name }: { form: Form; name: string }) {
  return (
    <Page title={form.name} language={form.language}>
      <div class="thanks" role="status">
        <svg viewBox="0 0 48 48" aria-hidden="true">
          <circle cx="24" cy="24" r="22" />
          <path d="m15 25 6 6 12-13" />
        </svg>
        <h1>{form.successMessage}</h1>
      </div>
      <p class="after">
        <a href={`/f/${name}`}>{textsFor(form.language).another}</a>
      </p>
    </Page>
  )
}
