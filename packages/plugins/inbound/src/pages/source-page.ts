import {
  type Form,
  type Html,
  html,
  invalid,
  type PageAnswer,
  type PageCall,
  type PluginContext,
} from '@leadnest/core/plugin'
import * as v from 'valibot'
import type { InboundCall } from '../calls/call.ts'
import { getCall, listCalls } from '../calls/list-calls.ts'
import { isObject } from '../payloads/answers.ts'
import { type Mapping, suggest, targetsOf } from '../payloads/mapping.ts'
import { formOfSource } from '../sources/form-of-source.ts'
import type { InboundSource } from '../sources/source.ts'
import { type InboundTest, trySource } from '../sources/try-source.ts'
import { kindNames } from './list-page.ts'

/** Throws `invalid_input` at `sample`. */
export function readSample(text: string): Record<string, unknown> {
  try {
    const sample: unknown = JSON.parse(text)
    if (isObject(sample)) return sample
  } catch {
    // Said below, in the same words.
  }
  throw invalid('sample', 'Paste one JSON object, as it would come.')
}

const Sample = v.object({
  sample: v.pipe(
    v.string(),
    v.title('What a call would say'),
    v.description('JSON, as it would come. Nothing is stored.'),
    v.metadata({ multiline: true }),
  ),
})

const Target = v.optional(v.string())
const EverythingOf = (form: Form) => v.object(Object.fromEntries(targetsOf(form).map((target) => [target, Target])))

export async function readMapping({ read }: PageCall, context: PluginContext, source: InboundSource): Promise<Mapping> {
  const chosen = Object.entries(read(EverythingOf(await formOfSource(context, source))))
  return Object.fromEntries(chosen.filter((entry): entry is [string, string] => Boolean(entry[1])))
}

/** A source: what of a call becomes what, shown by a sample (else by the last call), and the last calls. */
export async function sourcePage(
  call: PageCall,
  context: PluginContext,
  source: InboundSource,
  pasted?: Record<string, unknown>,
): Promise<PageAnswer> {
  const { at, principal, typed } = call
  const [form, calls] = await Promise.all([formOfSource(context, source), listCalls(context, source.id, { limit: 50 })])
  const last = pasted ?? (calls.data[0] && (await getCall(context, calls.data[0].id)).body)
  const tried = last && (await trySource(context, source, last))
  const mayWrite = principal.scopes.includes('settings:write')
  return {
    title: source.name,
    body: html`
      <dl class="card facts">
        <dt>Calls</dt><dd>${kindNames[source.kind]}</dd>
        <dt>Address</dt><dd><code>${source.url}</code></dd>
        <dt>Becomes</dt><dd>${form.name}</dd>
        <dt>Last error</dt><dd>${source.lastError ?? 'none'}</dd>
      </dl>
      ${tried && sampleTable(tried, pasted ? 'The sample' : 'The last call')}
      ${mayWrite && mappingForm(call, source, form, tried)}
      ${
        mayWrite &&
        html`<form class="card stack" method="post" action="${at}/sources/${source.id}/sample">
        <h2>Try a sample</h2>
        ${call.controls(Sample, typed)}
        <div class="actions"><button class="button">Show what it becomes</button></div>
      </form>`
      }
      ${callTable(call, calls.data)}
      ${
        mayWrite &&
        html`<div class="actions">
        <form method="post" action="${at}/sources/${source.id}/turn">
          <input type="hidden" name="enabled" value="${String(!source.enabled)}">
          <button class="button">${source.enabled ? 'Turn off' : 'Turn on'}</button>
        </form>
        <form method="post" action="${at}/sources/${source.id}/delete"><button class="button danger">Remove with its log</button></form>
      </div>`
      }`,
  }
}

export const sampleTable = ({ answers, fields, attribution, issues }: InboundTest, title: string): Html =>
  html`<section class="card stack">
    <h2>${title}</h2>
    <div class="table"><table>
      <thead><tr><th>Says</th><th>As</th></tr></thead>
      <tbody>${answers
        .slice(0, 100)
        .map(
          ({ key, label, value }) =>
            html`<tr><td><code>${key}</code>${label !== key && html` <small class="muted">${label}</small>`}</td><td>${String(value).slice(0, 200)}</td></tr>`,
        )}</tbody>
    </table></div>
    <h3>What it becomes</h3>
    ${issues.length > 0 && html`<ul class="notice">${issues.map(({ path, message }) => html`<li>${path.replace(/^fields\./, '')}: ${message}</li>`)}</ul>`}
    <dl class="facts">${Object.entries({ ...fields, ...attribution }).map(([name, value]) => html`<dt>${name}</dt><dd>${String(value)}</dd>`)}</dl>
  </section>`

function mappingForm(
  { at, controls }: PageCall,
  source: InboundSource,
  form: Form,
  tried: InboundTest | undefined,
): Html {
  const automatic = Object.keys(source.mapping).length === 0
  const mapping = automatic && tried ? suggest(form, tried.answers) : source.mapping
  const titles = new Map(form.fields.map(({ name, label }) => [name, label]))
  // What is mapped already stays a choice, though this sample does not say it.
  const keys = [...new Set([...(tried?.answers ?? []).map(({ key }) => key), ...Object.values(mapping)])]
  const choice = (target: string) =>
    v.pipe(
      v.optional(tried ? v.picklist(keys) : v.string()),
      v.title(titles.get(target) ?? target.replace('attribution.', '')),
    )
  const part = (targets: string[]) =>
    controls(v.object(Object.fromEntries(targets.map((target) => [target, choice(target)]))), mapping)
  const targets = targetsOf(form)
  return html`<form class="card stack" method="post" action="${at}/sources/${source.id}/mapping">
    <h2>Mapping</h2>
    <p class="muted">${automatic ? 'Nothing is chosen yet: what is called the same becomes the same.' : 'What is not named here is left out.'}</p>
    ${part(targets.filter((target) => !target.startsWith('attribution.')))}
    <details><summary>Where they came from</summary>${part(targets.filter((target) => target.startsWith('attribution.')))}</details>
    <div class="actions"><button class="button primary">Save</button></div>
  </form>`
}

const callTable = ({ at, live, time }: PageCall, calls: InboundCall[]): Html =>
  html`<section class="card stack"><h2>Last calls</h2>
    ${live(
      'calls',
      calls.length === 0
        ? html`<p class="muted">Nothing called in the last 30 days.</p>`
        : html`<div class="table"><table>
          <thead><tr><th>When</th><th>Became</th><th>Why</th></tr></thead>
          <tbody>${calls.map(
            ({ id, status, error, leadId, createdAt }) => html`<tr>
              <td><a href="${at}/calls/${id}">${time(createdAt)}</a></td>
              <td>${leadId && status !== 'refused' ? html`<a href="/admin/leads/${leadId}">${status}</a>` : status}</td>
              <td>${error}</td>
            </tr>`,
          )}</tbody>
        </table></div>`,
    )}
  </section>`
