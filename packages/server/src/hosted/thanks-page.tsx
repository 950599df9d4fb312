import type { Form } from '@leadnest/core'
import { Page } from './page.tsx'
import { textsFor } from './texts.ts'
import { Tick } from './tick.tsx'

export function ThanksPage({ form, name }: { form: Form; name: string }) {
  const texts = textsFor(form.language)
  return (
    <Page title={form.name} language={form.language}>
      <div class="thanks" role="status">
        <Tick />
        <h1>{form.successMessage}</h1>
        {form.doubleOptIn && <p>{texts.confirm}</p>}
      </div>
      <p class="after">
        <a href={`/f/${name}`}>{texts.another}</a>
      </p>
    </Page>
  )
}
