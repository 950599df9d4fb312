import { type Html, html, type PageCall, type PluginContext } from '@leadnest/core/plugin'
import { listMappings } from '../mappings/mappings.ts'
import { countsLine, number, statusWords } from './parts.ts'
import { undoLine, undoState } from './undone.ts'

/** Where an import begins, and those that were. */
export async function listPage(
  { at, query, live, time, typed, issues }: PageCall,
  context: PluginContext,
): Promise<Html> {
  const { data, nextCursor } = await context.imports.list({ limit: 20, ...(query.cursor && { cursor: query.cursor }) })
  const mappings = await listMappings(context)
  const wrong = issues.find(({ path }) => path === 'file')?.message
  return html`
    <form class="card stack" method="post" action="${at}/upload" enctype="multipart/form-data">
      <h2>Import leads</h2>
      <div class="field">
        <label for="file">A CSV file</label>
        <input id="file" name="file" type="file" accept=".csv,.tsv,.tab,.txt,.jsonl,text/csv" aria-describedby="file-hint ${wrong && 'file-error'}" ${wrong && html`aria-invalid="true"`}>
        <p class="muted small" id="file-hint">Any delimiter, line end and encoding; at most 1 GiB. Nothing is imported before you have seen it.</p>
        ${wrong && html`<p class="field-error" id="file-error">${wrong}</p>`}
      </div>
      <div class="field">
        <label for="text">Or rows from a spreadsheet</label>
        <textarea id="text" name="text" rows="4" placeholder="Copy them there, with their header, and paste them here.">${typed.text}</textarea>
      </div>
      <div class="actions"><button class="button primary">Look at it</button> <a class="button" href="${at}/exports">Export leads</a></div>
    </form>
    ${live(
      'imports',
      html`<section class="card stack">
        <h2>Imports</h2>
        ${
          data.length === 0
            ? html`<p class="muted">There was none in the last 30 days.</p>`
            : html`<div class="table"><table>
                <thead><tr><th scope="col">File</th><th scope="col">How it went</th><th scope="col">Rows</th><th scope="col">Begun</th></tr></thead>
                <tbody>${data.map(
                  (one) => html`<tr>
                    <td><a href="${at}/imports/${one.id}"><bdi>${one.name}</bdi></a></td>
                    <td>${statusWords[one.status]}${one.dryRun && ' (dry run)'}${one.undo && undoState(one.undo)}<br><small class="muted">${one.undo ? undoLine(one.undo) : one.error ? one.error.detail : countsLine(one)}</small></td>
                    <td class="figures">${one.total === null ? (one.finishedAt ? '–' : '…') : number(one.total)}</td>
                    <td>${time(one.createdAt)}${one.actor.name && html`<br><small class="muted">by <bdi>${one.actor.name}</bdi></small>`}</td>
                  </tr>`,
                )}</tbody>
              </table></div>`
        }
        ${nextCursor && html`<p><a href="?cursor=${nextCursor}">Older ones</a></p>`}
      </section>`,
      'job',
    )}
    ${
      mappings.length > 0 &&
      html`<section class="card stack"><h2>Saved mappings</h2><ul class="rows">${mappings.map(
        ({ id, name, columns }) => html`<li>
          <form method="post" action="${at}/mappings/${id}/forget" class="actions">
            <span><b><bdi>${name}</bdi></b> <small class="muted"><bdi>${columns.slice(0, 6).join(', ')}</bdi>${columns.length > 6 && ' …'}</small></span>
            <button class="button" aria-label="Forget ${name}">Forget</button>
          </form></li>`,
      )}</ul></section>`
    }`
}
