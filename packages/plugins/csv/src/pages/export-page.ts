import {
  type Export,
  type ExportColumn,
  type ExportSchedule,
  type Html,
  html,
  LeadNestError,
  type PageCall,
  type PluginContext,
} from '@leadnest/core/plugin'
import { clockControls, clockWords } from './clock.ts'
import { input, leads as leadsOf, number, select, statusWords, toldApart } from './parts.ts'

/** Which leads go into a file, which of their columns, once or by the clock; and the files that there are. */
export async function exportPage(
  { at, live, time, typed, query, issues }: PageCall,
  { exports, leads, now }: PluginContext,
): Promise<Html> {
  const [found, segments, { data, nextCursor }, schedules] = await Promise.all([
    exports.columns(),
    leads.segments(),
    exports.list({ limit: 20, ...(query.cursor && { cursor: query.cursor }) }),
    exports.schedules.list(),
  ])
  const planned = await Promise.all(
    schedules.map(async (one) => ({
      ...one,
      last: one.lastExportId ? await exportOf(exports, one.lastExportId) : undefined,
    })),
  )
  const columns = toldApart(found)
  const chosen = typed.column?.split('\n')
  const isChosen = ({ key, extra }: ExportColumn) =>
    chosen ? chosen.includes(key) : query.ticked !== 'none' && (query.ticked === 'all' || !extra)
  const extras = columns.filter(({ extra }) => extra)
  const wrong = (control: string) => issues.find(({ path }) => path === control)?.message
  return html`
    <form class="card stack" method="post" action="${at}/exports">
      <h2>Export leads</h2>
      ${select('segment', 'Which leads', [{ value: '', label: 'All of them' }, ...segments.map(({ id, name }) => ({ value: id, label: name }))], typed.segment ?? query.segment ?? '')}
      ${input('filter', 'Only those that match', typed.filter ?? query.filter ?? '', { hint: 'A filter, as in stage = new and tag = VIP.', wrong: wrong('filter') })}
      <fieldset class="stack" id="columns"><legend>Columns</legend><p class="small">${tickAll(at, 'all', 'Tick all')} · ${tickAll(at, 'none', 'Tick none')}</p>${wrong('columns') && html`<p class="field-error">${wrong('columns')}</p>`}<div class="choices">
        ${columns.filter(({ extra }) => !extra).map((column) => tickOf(column, isChosen(column)))}</div>
        <details ${extras.some(isChosen) && html`open`}><summary>More columns: click ids, the last touch, consents, notes, timeline</summary><div class="choices">
        ${extras.map((column) => tickOf(column, isChosen(column)))}</div></details></fieldset>
      ${select(
        'style',
        'Written for',
        [
          { value: '', label: 'Programs (commas)' },
          { value: 'excel', label: 'Excel (commas, with a mark)' },
          { value: 'excel-semicolon', label: 'Excel in Europe (semicolons, with a mark)' },
        ],
        typed.style ?? '',
        {
          hint: 'Spreadsheets show every cell as text and calculate nothing: an apostrophe stands before what looks like a formula. An import takes it off again.',
        },
      )}
      ${clockControls({ typed, issues })}
    </form>
    ${live(
      'exports',
      html`<section class="card stack"><h2>Files</h2><p class="muted small">They are kept for a day, those of schedules for seven; when somebody is erased, all of them go.</p>${filesOf(data, schedules, { at, time, now: now() })}
      ${nextCursor && html`<p><a href="?cursor=${nextCursor}">Older ones</a></p>`}</section>
      ${planned.length > 0 && html`<section class="card stack"><h2>Scheduled exports</h2><ul class="rows">${planned.map((one) => scheduleOf(one, { at, time, now: now() }))}</ul></section>`}`,
      'job',
    )}`
}

const tickOf = ({ key, label }: ExportColumn, isChosen: boolean): Html =>
  html`<label><input type="checkbox" name="column" value="${key}" ${isChosen && html`checked`}> <bdi>${label}</bdi></label>`

/** Draws the columns anew, all of them ticked or none. */
const tickAll = (at: string, which: 'all' | 'none', label: string): Html =>
  html`<a href="${at}/exports?ticked=${which}" hx-get="${at}/exports?ticked=${which}" hx-target="#columns" hx-select="#columns" hx-swap="outerHTML">${label}</a>`

/** It is kept for 30 days. */
const exportOf = (exports: PluginContext['exports'], id: string) =>
  exports.get(id).catch((error: unknown) => {
    if (error instanceof LeadNestError && error.code === 'not_found') return undefined
    throw error
  })

type Drawn = Pick<PageCall, 'at' | 'time'> & { now: Date }
type Planned = ExportSchedule & { last: Export | undefined }

function scheduleOf({ id, name, cron, enabled, nextAt, last }: Planned, { at, time, now }: Drawn): Html {
  // A minute that has come is looked at within it.
  const isDue = new Date(nextAt).getTime() <= now.getTime() + 60_000
  return html`<li><form class="actions" method="post" action="${at}/schedules/${id}/delete">
    <span><b><bdi>${name}</bdi></b> <small class="muted">${clockWords(cron)}; ${enabled ? html`next ${isDue ? 'within a minute' : time(nextAt)}` : 'stopped: who planned it works here no more or may not export, its key has ended, or its time never comes'}</small>
    <br><small>${last ? html`Last ${time(last.createdAt)}: ${howItWent(last)}` : 'Not made yet.'}</small></span>
    <button class="button" aria-label="Remove ${name}">Remove</button></form></li>`
}

const howItWent = ({ status, error, rows }: Export): Html =>
  error
    ? html`<span class="field-error">${statusWords[status]}: ${error.detail}</span>`
    : html`${statusWords[status]}, ${number(rows)} ${rows === 1 ? 'lead' : 'leads'}`

function fileOf(one: Export, { at, time, now }: Drawn): Html {
  if (one.fileId)
    return html`<a href="${at}/exports/${one.id}/file" download><bdi>${one.name}</bdi></a><small class="muted">until ${time(one.expiresAt!)}</small>`
  if (!one.finishedAt) return html`<span class="muted">Being written</span>`
  if (one.status !== 'succeeded') return html`<span class="muted">None</span>`
  const isEarly = one.expiresAt !== null && new Date(one.expiresAt) > now
  return html`<span class="muted">${isEarly ? 'Removed, as somebody was erased since: export again' : 'Its time is over'}</span>`
}

/** Of a schedule the last is known by its name. */
const whose = ({ id, filter, ids }: Export, plans: ExportSchedule[]): string => {
  const plan = plans.find(({ lastExportId }) => lastExportId === id)
  const which = filter ?? (ids === null ? 'all leads' : `${leadsOf(ids)} that were ticked or named`)
  return plan ? `${which} (scheduled: ${plan.name})` : which
}

const filesOf = (data: Export[], plans: ExportSchedule[], drawn: Drawn): Html =>
  data.length === 0
    ? html`<p class="muted">There was none in the last 30 days.</p>`
    : html`<div class="table"><table>
        <thead><tr><th scope="col">File</th><th scope="col">How it went</th><th scope="col">Begun</th></tr></thead>
        <tbody>${data.map(
          (one) => html`<tr>
            <td>${fileOf(one, drawn)}<small class="muted">Of <bdi>${whose(one, plans)}</bdi></small></td><td>${howItWent(one)}</td><td>${drawn.time(one.createdAt)}</td></tr>`,
        )}</tbody></table></div>`
