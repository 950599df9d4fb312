import { html, type PageAnswer, type PageCall, type PluginContext } from '@leadnest/core/plugin'
import { getCall } from '../calls/list-calls.ts'
import { getSource } from '../sources/find-sources.ts'
import { trySource } from '../sources/try-source.ts'
import { sampleTable } from './source-page.ts'

/** One call: what it said, what it would become now, and for one that became nothing the button that tries again. */
export async function callPage({ at, params, principal, time }: PageCall, context: PluginContext): Promise<PageAnswer> {
  const { body, ...call } = await getCall(context, params.id!)
  const source = await getSource(context, call.sourceId)
  const tried = await trySource(context, source, body)
  return {
    title: `A call of ${source.name}`,
    body: html`
      <p><a href="${at}/sources/${source.id}">${source.name}</a></p>
      <dl class="card facts">
        <dt>Came</dt><dd>${time(call.createdAt)}</dd>
        <dt>Became</dt><dd>${call.leadId && call.submissionId ? html`<a href="/admin/leads/${call.leadId}">${call.status}</a>` : call.status}</dd>
        <dt>Why</dt><dd>${call.error ?? '–'}</dd>
        <dt>The sender’s id</dt><dd><code>${call.delivery}</code></dd>
      </dl>
      ${
        !call.submissionId &&
        principal.scopes.includes('settings:write') &&
        html`
        <form class="actions" method="post" action="${at}/calls/${call.id}/replay"><button class="button primary">Replay</button></form>`
      }
      ${sampleTable(tried, 'What it said')}
      <details class="card"><summary>As it came</summary><pre>${JSON.stringify(body, null, 2).slice(0, 50_000)}</pre></details>`,
  }
}
