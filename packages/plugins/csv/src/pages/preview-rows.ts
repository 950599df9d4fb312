import { type Html, html, type ImportPreview, type Part, type PreviewRow } from '@leadnest/core/plugin'
import { type keyLabels, refusedWith } from './failure.ts'
import { type Choice, number } from './parts.ts'

const mostColumns = 20
/** With more of them, what can be done stands above them, too. */
const fewRows = 5

/** The first rows as they stand in the file, each with what would become of it. */
export function rowsOf(
  { columns, mapping, rows, error }: ImportPreview,
  choices: Choice[],
  key: keyof typeof keyLabels,
  actions: Part,
): Html {
  const made = Object.entries(mapping).flatMap(([name, target]): [string, string][] =>
    typeof target === 'object' && target.create ? [[target.to, target.create.label ?? name]] : [],
  )
  const labels = new Map([...made, ...choices.map(({ value, label }): [string, string] => [value, label])])
  if (rows.length === 0)
    return columns.length > 0 && !error
      ? html`<p class="notice" id="preview">The file has a header and no rows, so there is nothing to import.</p>`
      : html``
  const shown = columns
    .map((name, i) => ({ name, i }))
    .filter(({ name }) => Object.hasOwn(mapping, name) && mapping[name] !== 'ignore')
    .slice(0, mostColumns)
  return html`<section class="card stack" id="preview"><h2>${rows.length === 1 ? 'What will become of its row' : `What will become of the first ${number(rows.length)} rows`}</h2>
    <p class="muted small">The cells are as they stand in the file. Of new leads it is told what is kept otherwise, of changed ones all that changes.</p>
    ${rows.length > fewRows && actions}
    <div class="table"><table>
      <thead><tr><th scope="col">Row</th><th scope="col">Outcome</th>${shown.map(({ name }) => html`<th scope="col"><bdi>${name}</bdi></th>`)}</tr></thead>
      <tbody>${rows.map(
        (row) => html`<tr>
          <td class="figures">${number(row.row)}</td>
          <td>${outcomeOf(row, labels, error?.code === row.error?.code && error && refusedWith(error, key))}</td>
          ${shown.map(({ i }) => html`<td><bdi>${(row.values[i] ?? '').slice(0, 100)}</bdi></td>`)}
        </tr>`,
      )}</tbody>
    </table></div>
    ${actions}</section>`
}

function outcomeOf(row: PreviewRow, labels: Map<string, string>, ofFile: Part): Html {
  const { column, detail, leftOut } = row.error ?? {}
  return html`${becomes(row, labels, ofFile)}${leftOut && html` <small>without <bdi>${column}</bdi>: ${detail}</small>`}`
}

function becomes(
  { outcome, error, leadId, changes, restores, values }: PreviewRow,
  labels: Map<string, string>,
  ofFile: Part,
): Html {
  if (outcome === 'failed')
    return html`<b>Refused</b> <small>${ofFile || html`${error!.column && html`<bdi>${error!.column}</bdi>: `}${error!.detail}`}</small>`
  const nameOf = (what: string) => html`<bdi>${labels.get(what) ?? what}</bdi>`
  if (outcome === 'created') {
    const cells = new Set(['', ...values.map((cell) => cell.trim())])
    const kept = Object.entries(changes)
      .map(([what, [, after]]) => ({ what, text: said(after) }))
      .filter(({ what, text }) => what !== 'ownerId' && !cells.has(text))
    return html`<b>New</b>${kept.map(({ what, text }) => html` <small>${nameOf(added.get(what)?.of ?? what)}: <bdi>${text}</bdi></small>`)}`
  }
  const known = leadId ? html`<a href="/admin/leads/${leadId}">known lead</a>` : html`row before it`
  const changeOf = ([what, [before, after]]: [string, [unknown, unknown]]) => {
    if (what === 'ownerId') return html` <small>Owner: another</small>`
    const more = added.get(what)
    if (more) return html` <small>${more.words}: <bdi>${said(after)}</bdi></small>`
    return html` <small>${nameOf(what)}: <bdi>${said(before) || '(nothing)'}</bdi> → <bdi>${said(after) || '(nothing)'}</bdi></small>`
  }
  if (outcome === 'skipped') return html`Stays as it is (${known})`
  return html`<b>${restores ? 'Deleted, brought back' : 'Changed'}</b> (${known})${Object.entries(changes).map(changeOf)}`
}

/** What a row hangs on its lead: the place that it comes from, and how it is told. */
const added = new Map([
  ['tags', { of: 'tags', words: 'Tags added' }],
  ['notes', { of: 'note', words: 'Notes added' }],
  ['consents', { of: 'consent', words: 'Consents' }],
])

function said(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ').slice(0, 80)
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).slice(0, 80)
}
