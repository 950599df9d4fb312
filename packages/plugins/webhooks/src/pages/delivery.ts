import { type Html, html, type PageCall, type PluginContext } from '@leadnest/core/plugin'
import { getDelivery } from '../deliveries/list-deliveries.ts'
import { statusOf } from './state.ts'

export async function drawDelivery(
  { at, params, principal, time }: PageCall,
  context: PluginContext,
): Promise<{ body: Html; title: string }> {
  const delivery = await getDelivery(context, principal, params.id!)
  const mayRetry = principal.scopes.includes('settings:write') && !delivery.test
  return {
    title: delivery.type,
    body: html`<div class="stack">
      <section class="card">
        <dl class="facts">
          <div><dt>State</dt><dd>${statusOf(delivery.status)} ${delivery.nextAt && html`next try ${time(delivery.nextAt)}`}</dd></div>
          <div><dt>Message</dt><dd><code>${delivery.webhookId}</code></dd></div>
          <div><dt>Written down</dt><dd>${time(delivery.createdAt)}</dd></div>
          ${delivery.leadId && html`<div><dt>Lead</dt><dd><a href="/admin/leads/${delivery.leadId}">See the lead</a></dd></div>`}
        </dl>
        <div class="actions">
          <a class="button" href="${at}/endpoints/${delivery.endpointId}">Endpoint</a>
          ${mayRetry && html`<form method="post" action="${at}/deliveries/${delivery.id}/retry"><button class="button primary">Send again now</button></form>`}
        </div>
      </section>
      <section class="card"><h2>What is sent</h2>
        ${delivery.body === null ? html`<p class="muted">What it told of was erased.</p>` : html`<pre>${pretty(delivery.body)}</pre>`}
      </section>
      <section class="card"><h2>Tries</h2>
        ${delivery.history.length === 0 && html`<p class="muted">None yet.</p>`}
        ${delivery.history.map(
          (one) => html`<article>
          <p>${time(one.createdAt)}: ${one.error ?? `It answered ${one.status}.`} <small class="muted">${one.durationMs} ms</small></p>
          ${one.body && html`<pre>${one.body}</pre>`}
        </article>`,
        )}
      </section>
    </div>`,
  }
}

const pretty = (body: string) => JSON.stringify(JSON.parse(body), null, 2)
