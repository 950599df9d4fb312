import { type Html, html, type ImportPreview, type Part, type PreviewRow } from '@leadnest/core/plugin'
import { type keyLabels, refusedWith } from './failure.ts'
import { type Choice, number } from './parts.ts'

const mostColumns = 20

/** The first rows as they stand in the file, each with what would become of it. */
export function rowsOf(
  { columns, mapping, rows, error }: ImportPreview,
  choices: Choice[],
  key: keyof typeof keyLabels,
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
    <div class="table"><table>
      <thead><tr><th scope="col">Row</th><th scope="col">Outcome</th>${shown.map(({ name }) => html`<th scope="col"><bdi>${name}</bdi></th>`)}</tr></thead>
      <tbody>${rows.map(
        (row) => html`<tr>
          <td class="figures">${number(row.row)}</td>
          <td>${outcomeOf(row, labels, error?.code === row.error?.code && error && refusedWith(error, key))}</td>
          ${shown.map(({ i }) => html`<td><bdi>${(row.values[i] ?? '').slice(0, 100)}</bdi></td>`)}
        </tr>`,
      )}</tbody>
    </table></div></section>`
}

function outcomeOf(row: PreviewRow, labels: Map<string, string>, ofFile: Part): Html {
  const { column, detail, leftOut } = row.error ?? {}
  return html`${becomes(row, labels, ofFile)}${leftOut && html` <small>without <bdi>${column}</bdi>: ${detail}</small>`}`
}

function becomes(
  { outcome, error, leadId, changes, restores }: PreviewRow,
  labels: Map<string, string>,
  ofFile: Part,
): Html {
  if (outcome === 'failed')
    return html`<b>Refused</b> <small>${ofFile || html`${error!.column && html`<bdi>${error!.column}</bdi>: `}${error!.detail}`}</small>`
  if (outcome === 'created') return html`<b>New</b>`
  const known = leadId ? html`<a href="/admin/leads/${leadId}">known lead</a>` : html`row before it`
  const changeOf = ([what, [before, after]]: [string, [unknown, unknown]]) =>
    what === 'ownerId'
      ? html` <small>Owner: another</small>`
      : html` <small><bdi>${labels.get(what) ?? what}</bdi>: <bdi>${said(before)}</bdi> → <bdi>${said(after)}</bdi></small>`
  if (outcome === 'skipped') return html`Stays as it is (${known})`
  return html`<b>${restores ? 'Deleted, brought back' : 'Changed'}</b> (${known})${Object.entries(changes).map(changeOf)}`
}

const said = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? '(nothing)'
    : (typeof value === 'object' ? JSON.stringify(value) : String(value)).slice(0, 80)
