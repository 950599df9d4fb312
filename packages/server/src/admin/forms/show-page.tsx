import type { DrawnPanel, Field, Form, Session } from '@leadnest/core'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { Panels } from '../plugins/panels.tsx'
import { Consents } from './consents.tsx'
import { DoubleOptIn } from './double-opt-in.tsx'
import { EmbedCode, PlainForm } from './embed-code.tsx'
import { Origins } from './origins.tsx'
import { isOnDemoPage } from './public-name.ts'
import type { Refused } from './refused.ts'
import { Retention } from './retention.tsx'
import { Spam } from './spam.tsx'
import { Words } from './words.tsx'

interface FormProps {
  session: Session
  form: Form
  /** What the embed code calls it. */
  formName: string
  panels: DrawnPanel[]
  publicUrl: string
  refused?: Refused | undefined
  /** Rules of keeping that are tried. */
  tried?: Parameters<typeof Retention>[0]['tried']
}

export function FormPage({ session, form, formName, panels, publicUrl, refused, tried }: FormProps) {
  const mayEdit = session.scopes.includes('forms:write')
  const refusedIn = (section: string) => (refused?.section === section ? refused : undefined)
  const hostedUrl = new URL(`/f/${formName}`, publicUrl).href
  return (
    <Layout title={form.name} session={session} at="/admin/forms">
      <p class="back">
        <a href="/admin/forms">
          <Icon name="arrow-left" /> Forms
        </a>
      </p>
      <div class="head">
        <h1>{form.name}</h1>
        {isOnDemoPage(formName) && (
          <a class="button" href="/demo" target="_blank" rel="noopener">
            Try it on the demo page <Icon name="open" />
          </a>
        )}
      </div>
      <div class="stack">
        <section class="card" aria-labelledby="embed">
          <h2 id="embed">Put it on your page</h2>
          <p>Paste this where the form shall appear. It takes the look of your page.</p>
          <EmbedCode formName={formName} publicUrl={publicUrl} />
        </section>
        <section class="card" aria-labelledby="hosted">
          <h2 id="hosted">Or without script</h2>
          <p>
            The form has a page of its own, to link to from an e-mail, a poster or a profile:{' '}
            <a href={`/f/${formName}`} target="_blank" rel="noopener">
              {hostedUrl}
            </a>
          </p>
          <details class="more">
            <summary>A plain HTML form on your own page</summary>
            <PlainForm form={form} address={hostedUrl} />
            <p class="muted">
              It works from the sites below. It brings no proof that a person took their time, so what it sends waits
              under <a href="/admin/held">Held</a>.
            </p>
          </details>
        </section>
        <Origins form={form} publicUrl={publicUrl} mayEdit={mayEdit} refused={refusedIn('origins')} />
        <section class="card" aria-labelledby="fields">
          <h2 id="fields">Fields</h2>
          <div class="table">
            <table>
              <thead>
                <tr>
                  <th scope="col">Label</th>
                  <th scope="col">Name</th>
                  <th scope="col">Type</th>
                  <th scope="col">Required</th>
                </tr>
              </thead>
              <tbody>
                {form.fields.map((field) => (
                  <tr>
                    <td>
                      {field.label}
                      {field.help && <small>{field.help}</small>}
                    </td>
                    <td>
                      <code>{field.name}</code>
                    </td>
                    <td>{typeNames[field.type] ?? <code>{field.type}</code>}</td>
                    <td>{field.required ? 'Yes' : <span class="muted">No</span>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
        <Panels panels={panels} />
        <Consents form={form} mayEdit={mayEdit} refused={refusedIn('consents')} />
        <DoubleOptIn form={form} mayEdit={mayEdit} refused={refusedIn('double-opt-in')} />
        <Spam form={form} mayEdit={mayEdit} refused={refusedIn('spam')} />
        <Words form={form} mayEdit={mayEdit} refused={refusedIn('words')} />
        <Retention {...{ form, mayEdit, tried }} refused={refusedIn('retention')} />
      </div>
    </Layout>
  )
}

const typeNames: Partial<Record<Field['type'], string>> = {
  text: 'Short text',
  email: 'E-mail',
  tel: 'Phone',
  textarea: 'Long text',
  select: 'Choice',
  checkbox: 'Checkbox',
}
