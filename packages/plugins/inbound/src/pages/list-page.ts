import { type Form, type Html, html, type PageAnswer, type PageCall } from '@leadnest/core/plugin'
import * as v from 'valibot'
import {
  AccessToken,
  type InboundSource,
  Kind,
  kinds,
  type NewInboundSource,
  Secret,
  SourceName,
} from '../sources/source.ts'

export const kindNames = { typeform: 'Typeform', meta: 'Meta Lead Ads', json: 'JSON or Zapier' }

export const AddSource = (forms: Form[]) =>
  v.object({
    name: SourceName,
    kind: v.pipe(Kind, v.title('What calls'), v.description('json: Zapier, and whatever else can send JSON.')),
    form: v.pipe(
      v.picklist(
        forms.map(({ slug }) => slug),
        'Choose a form.',
      ),
      v.title('Becomes a submission of'),
    ),
    secret: v.optional(Secret),
    accessToken: v.optional(AccessToken),
  })

export function sourceList({ at, live, time }: PageCall, sources: InboundSource[], forms: Form[]): Html {
  if (sources.length === 0)
    return html`<p class="card muted">Nothing calls yet. Add a source: its calls become submissions, by a mapping that you choose.</p>`
  const formName = (id: string) => forms.find((form) => form.id === id)?.name
  return live(
    'sources',
    html`<div class="card table"><table>
      <thead><tr><th>Source</th><th>Calls</th><th>Form</th><th>Last call</th><th>What is wrong</th></tr></thead>
      <tbody>${sources.map(
        ({ id, name, kind, formId, enabled, lastSeenAt, lastError }) => html`<tr>
          <td><a href="${at}/sources/${id}">${name}</a>${!enabled && html` <small class="muted">off</small>`}</td>
          <td>${kindNames[kind]}</td>
          <td>${formName(formId)}</td>
          <td>${lastSeenAt ? time(lastSeenAt) : html`<span class="muted">never</span>`}</td>
          <td>${lastError}</td>
        </tr>`,
      )}</tbody>
    </table></div>`,
  )
}

export const addForm = ({ at, controls, principal }: PageCall, forms: Form[]): Html | null =>
  principal.scopes.includes('settings:write')
    ? html`<form class="card stack" method="post" action="${at}/add">
        <h2>Add a source</h2>
        ${controls(AddSource(forms), { kind: kinds[2], form: forms[0]?.slug })}
        <div class="actions"><button class="button primary">Add</button></div>
      </form>`
    : null

const next = {
  typeform: 'In Typeform: Connect → Webhooks → Add a webhook. Give it this address, and under Edit this secret.',
  meta: 'In the app’s dashboard: Webhooks → Page → Subscribe. Give it this address and this token, and choose leadgen.',
  json: 'Send JSON to this address, with the header “Authorization: Bearer <secret>”, or signed as Standard Webhooks says.',
}

export const sourceMade = (
  { at }: PageCall,
  { id, name, kind, url, secret, verifyToken }: NewInboundSource,
): PageAnswer => ({
  title: `${name} is added`,
  body: html`<div class="card stack">
    <p class="notice">Copy the secret now: it is not shown again.</p>
    <dl class="facts">
      <dt>Address</dt><dd><code>${url}</code></dd>
      ${verifyToken ? html`<dt>Verify token</dt><dd><code>${verifyToken}</code></dd>` : html`<dt>Secret</dt><dd><code>${secret}</code></dd>`}
    </dl>
    <p>${next[kind]}</p>
    <div class="actions"><a class="button primary" href="${at}/sources/${id}">Choose what becomes what</a></div>
  </div>`,
})
