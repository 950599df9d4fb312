import { type Html, html, type Import, type PageCall, type PluginContext, type Reject } from '@leadnest/core/plugin'
import { draftOfDryRun } from '../drafts/drafts.ts'
import { failureOf } from './failure.ts'
import { countsOf, number, statusWords } from './parts.ts'
import { tryAgain, undoneOf } from './undone.ts'

/** An import while it runs and afterwards: how far it is, what came of it, what was refused, and the ways out. */
export async function importPage(
  { at, params, live, time }: PageCall,
  context: PluginContext,
): Promise<{ title: string; body: Html }> {
  const one = await context.imports.get(params.id!)
  const draft = one.dryRun && one.finishedAt ? await draftOfDryRun(context, one.id) : undefined
  const undone = await undoneOf(one, context)
  const act = (name: string, label: string, kind = '') =>
    html`<form method="post" action="${at}/imports/${one.id}/${name}"><button class="button ${kind}">${label}</button></form>`
  const body = html`${live(
    'import',
    html`
      <section class="card stack">
        ${progressOf(one)}
        ${one.error && failureOf(one.error)}
        ${one.status === 'succeeded' && one.total === 0 && html`<p class="notice">The file has a header and no rows, so there was nothing to import.</p>`}
        ${countsOf(one)}
        <dl class="facts">
          <div><dt>Begun</dt><dd>${time(one.createdAt)}${one.actor.name && html` by <bdi>${one.actor.name}</bdi>`}</dd></div>
          ${one.finishedAt && html`<div><dt>Ended</dt><dd>${time(one.finishedAt)}</dd></div>`}
          <div><dt>Known by</dt><dd>${keyWords[one.key]}; ${modeWords[one.mode]}</dd></div>
          ${one.ignoredColumns.length > 0 && html`<div><dt>Left out</dt><dd><bdi>${one.ignoredColumns.join(', ')}</bdi></dd></div>`}
        </dl>
        ${undone}
        <div class="actions">
          ${one.status === 'running' || one.status === 'queued' ? act('pause', 'Pause') : false}
          ${one.status === 'paused' && act('resume', 'Go on', 'primary')}
          ${!one.finishedAt && html`<a class="button danger" href="${at}/imports/${one.id}/cancel">Cancel</a>`}
          ${one.failed > 0 && html`<a class="button" href="${at}/imports/${one.id}/rejects" download>Refused rows as CSV</a>`}
          ${one.undoUntil && html`<a class="button danger" href="${at}/imports/${one.id}/undo">${tryAgain(one) ?? 'Take it back'}</a>`}
          ${one.finishedAt && !one.dryRun && one.created + one.updated > (one.undo?.restored ?? 0) && html`<a class="button" href="/admin/leads?filter=import+%3D+${one.id}">Show the leads</a>`}
          ${draft && one.status === 'succeeded' && html`<form method="post" action="${at}/files/${draft.fileId}/run"><button class="button primary">Import for real</button></form>`}
          ${draft && html`<a class="button" href="${at}/files/${draft.fileId}">Change something</a>`}
        </div>
      </section>
      ${one.failed > 0 && (await rejectsOf(one, context, at))}
      ${one.warnings > 0 && leftOutOf(one)}`,
    'job',
  )}`
  return { title: one.dryRun ? `${one.name} (dry run)` : one.name, body }
}

const keyWords: Record<Import['key'], string> = {
  email: 'their e-mail',
  phone: 'their phone',
  externalId: 'their external id',
  id: 'the ids of leads',
}
const modeWords: Record<Import['mode'], string> = {
  upsert: 'the known are changed, the others added',
  create: 'the known are refused',
  update: 'the unknown are refused',
  skip: 'the known stay as they are',
  fill: 'of the known only blanks are filled',
}

function progressOf({ status, total, created, updated, skipped, failed }: Import): Html {
  const done = created + updated + skipped + failed
  return html`<p><b>${statusWords[status]}</b>
    ${total === null ? 'The rows are counted.' : html`<span class="figures">${number(done)} of ${number(total)}</span> rows`}</p>
    ${total !== null && total > 0 && html`<progress aria-label="Rows" value="${done}" max="${total}"></progress>`}`
}

/** How many characters of a cell are shown. */
const shown = 80

/** The first of them, as far as they are there. */
async function rejectsOf({ id, failed }: Import, { imports }: PluginContext, at: string): Promise<Html> {
  const { columns, rows } = await imports.rejects(id, { cut: shown + 1 })
  const { value } = await rows[Symbol.asyncIterator]().next()
  const first: Reject[] = value ?? []
  return html`<section class="card stack">
    <h2>Refused rows</h2>
    ${first.some(({ code }) => code === 'missing_key') && html`<p class="notice">Some say nothing of that by which people are known here. Where they have something else, as a phone number, keep the refused rows as CSV, <a href="${at}">choose that file</a>, and choose there what “They are known by”.</p>`}
    <div class="table"><table>
      <thead><tr><th scope="col">Row</th><th scope="col">Column, and what it says</th><th scope="col">Why</th></tr></thead>
      <tbody>${first.map(
        (reject) => html`<tr>
          <td class="figures">${number(reject.row)} <small>line ${number(reject.line)}</small></td>
          <td>${reject.column && html`<b><bdi>${reject.column}</bdi></b> `}<small>${faultOf(reject, columns)}</small></td>
          <td>${reject.detail} <small class="muted">${reject.code}</small></td></tr>`,
      )}</tbody>
    </table></div>
    ${failed > first.length && html`<p class="muted">The first ${number(first.length)} of ${number(failed)}; all are in the file.</p>`}
  </section>`
}

/** Rows that went in without a cell, as far as they are among the first faults. */
function leftOutOf({ warnings, errors }: Import): Html {
  const first = errors.filter(({ leftOut }) => leftOut)
  return html`<section class="card stack">
    <h2>Without a cell that could not be read: ${number(warnings)} ${warnings === 1 ? 'row' : 'rows'}</h2>
    ${
      first.length > 0 &&
      html`<ul>${first.map(
        ({ row, line, column, detail }) =>
          html`<li>Row ${number(row)} <small>line ${number(line)}</small>, <b><bdi>${column}</bdi></b>: ${detail}</li>`,
      )}</ul>`
    }
  </section>`
}

/** The cell that is at fault; all of them where none is. */
function faultOf({ column, values }: Reject, columns: string[]): Html {
  const said = column === undefined ? values.join(' · ') : (values[columns.indexOf(column)] ?? '')
  if (said.trim() === '') return html`<span class="muted">(nothing)</span>`
  return html`<bdi>${said.slice(0, shown)}</bdi>${said.length > shown && '…'}`
}
