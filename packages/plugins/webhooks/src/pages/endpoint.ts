import { type Html, html, type PageCall, type PluginContext } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { DeliveryStatus, type WebhookDelivery } from '../deliveries/delivery.ts'
import { listDeliveries } from '../deliveries/list-deliveries.ts'
import { getEndpoint, listEndpoints } from '../endpoints/find-endpoints.ts'
import { stateOf, statuses, statusOf } from './state.ts'

export async function drawList(call: PageCall, context: PluginContext): Promise<Html> {
  const { at } = call
  const endpoints = await listEndpoints(context)
  return html`<div class="stack">
    ${
      endpoints.length === 0
        ? html`<p class="muted">Webhooks tell other systems what happens here. There is none yet.</p>`
        : html`<div class="card table"><table>
          <thead><tr><th>Address</th><th>Told of</th><th>State</th></tr></thead>
          <tbody>${endpoints.map(
            (endpoint) => html`<tr>
              <td><a href="${at}/endpoints/${endpoint.id}">${endpoint.url}</a>${endpoint.description && html`<br><small class="muted">${endpoint.description}</small>`}</td>
              <td>${endpoint.types.join(', ')}</td>
              <td>${stateOf(endpoint, call)}</td>
            </tr>`,
          )}</tbody></table></div>`
    }
    ${mayWrite(call) && html`<p><a class="button primary" href="${at}/endpoints/new">Add endpoint</a></p>`}
  </div>`
}

export const Replay = v.object({
  from: v.pipe(v.string('Give a time.'), v.title('From (UTC)')),
  to: v.pipe(v.string('Give a time.'), v.title('To (UTC)')),
})

export async function drawEndpoint(call: PageCall, context: PluginContext): Promise<{ body: Html; title: string }> {
  const { at, params, query, controls } = call
  const id = params.id!
  const endpoint = await getEndpoint(context, id)
  const status = v.is(DeliveryStatus, query.status) ? query.status : undefined
  const { data, nextCursor } = await listDeliveries(context, id, { limit: 50, status, cursor: query.cursor })
  const here = `${at}/endpoints/${id}`
  const day = new Date(context.now().getTime() - 86_400_000).toISOString()
  return {
    title: endpoint.description || new URL(endpoint.url).host,
    body: html`<div class="stack">
      <section class="card">
        <p>${stateOf(endpoint, call)}</p>
        <dl class="facts">
          <div><dt>Address</dt><dd>${endpoint.url}</dd></div>
          <div><dt>Told of</dt><dd>${endpoint.types.join(', ')}</dd></div>
          ${endpoint.changed.length > 0 && html`<div><dt>Only when changed</dt><dd>${endpoint.changed.join(', ')}</dd></div>`}
          ${endpoint.filter && html`<div><dt>Only of leads</dt><dd><code>${endpoint.filter}</code></dd></div>`}
          ${endpoint.headerNames.length > 0 && html`<div><dt>Own headers</dt><dd>${endpoint.headerNames.join(', ')}</dd></div>`}
          ${endpoint.previousSecretUntil && html`<div><dt>Secret before</dt><dd>also signs until ${call.time(endpoint.previousSecretUntil)}</dd></div>`}
        </dl>
        ${mayWrite(call) && buttons(here, endpoint.enabled)}
      </section>
      <section class="card">
        <h2>Deliveries</h2>
        <nav class="parts" aria-label="Deliveries by state">
          <a href="${here}" ${!status && html`aria-current="page"`}>All</a>
          ${statuses.map(([name, word]) => html`<a href="${here}?status=${name}" ${name === status && html`aria-current="page"`}>${word}</a>`)}
        </nav>
        ${data.length === 0 ? html`<p class="muted">None.</p>` : deliveries(data, call)}
        ${nextCursor && html`<p><a class="button" href="${here}?cursor=${nextCursor}${status && `&status=${status}`}">Earlier</a></p>`}
      </section>
      ${
        mayWrite(call) &&
        endpoint.enabled &&
        html`<section class="card"><h2>Tell again</h2>
        <p class="muted">What happened between two moments is sent again, with the old ids of the messages. At most 31 days at once.</p>
        <form method="post" action="${here}/replay">${controls(Replay, { from: day, to: context.now().toISOString() })}<button class="button">Replay</button></form></section>`
      }
      ${mayWrite(call) && html`<form method="post" action="${here}/delete"><button class="button danger">Delete endpoint and log</button></form>`}
    </div>`,
  }
}

const mayWrite = ({ principal }: PageCall) => principal.scopes.includes('settings:write')

const buttons = (here: string, enabled: boolean): Html => html`<div class="actions">
  <a class="button" href="${here}/edit">Edit</a>
  <form method="post" action="${here}/test"><button class="button">Send test</button></form>
  <form method="post" action="${here}/rotate"><button class="button">New secret</button></form>
  <form method="post" action="${here}/${enabled ? 'disable' : 'enable'}"><button class="button">${enabled ? 'Disable' : 'Enable'}</button></form>
</div>`

const deliveries = (rows: WebhookDelivery[], { at, time }: PageCall): Html => html`<div class="table"><table>
  <thead><tr><th>What</th><th>State</th><th>Answer</th><th>Tries</th><th>When</th></tr></thead>
  <tbody>${rows.map(
    (row) => html`<tr>
      <td><a href="${at}/deliveries/${row.id}">${row.type}</a></td>
      <td>${statusOf(row.status)}${row.nextAt && html` <small class="muted">next ${time(row.nextAt)}</small>`}</td>
      <td>${row.lastStatus ?? row.lastError ?? '—'}</td>
      <td class="figures">${row.tries}</td>
      <td>${time(row.createdAt)}</td>
    </tr>`,
  )}</tbody></table></div>`
