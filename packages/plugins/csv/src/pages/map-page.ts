import { type Html, html, type ImportPreview, type PageCall, type PluginContext } from '@leadnest/core/plugin'
import type { Mapping } from '../columns/rule.ts'
import { type Draft, findDraft } from '../drafts/drafts.ts'
import { type FoundMapping, fittingMapping, mappingsFor } from '../mappings/mappings.ts'
import { columnRow, placesOf } from './column-row.ts'
import { failureOf, isNoTable, keyLabels, lacksKey, wayOut } from './failure.ts'
import { type Choice, input, select } from './parts.ts'
import { rowsOf } from './preview-rows.ts'
import { isWithin, savedOf, savingOf } from './saved-mappings.ts'
import { delimiterName, draftOf } from './typed-draft.ts'

/** A file before it is imported: how it is read, where its columns go, and what will become of its first rows. */
export async function mapPage(
  { at, params, typed, issues }: PageCall,
  context: PluginContext,
): Promise<{ title: string; body: Html }> {
  const kept = await findDraft(context, params.id!)
  const { preview, sent, saved, used } = await previewOf(kept, context)
  // What was refused stands there as it was typed; its rows are shown once it can be meant.
  const refused = issues.length > 0
  const draft = refused ? { ...kept, input: draftOf(typed, kept.input, preview.columns) } : kept
  const mapping = (refused && draft.input.mapping) || preview.mapping
  const fields = await context.leads.fields()
  const channels = await context.imports.consentChannels()
  const choices = placesOf(fields, channels)
  const { error, columns } = preview
  const key = draft.input.key ?? 'email'
  const isText = !error || !isNoTable(error, columns) || draft.input.options?.encoding !== undefined
  const isReady = !error && preview.rows.length > 0
  const ways = html`<div class="actions">
    <button class="button" name="do" value="dry">Dry run</button>
    <button class="button primary" name="do" value="run">Import</button></div>`
  const body = html`
    ${saved.length > 0 && savedOf(`${at}/files/${draft.fileId}/mapping`, saved, refused ? undefined : used)}
    <form class="stack wide" method="post" action="${at}/files/${draft.fileId}">
      ${draft.guess && html`<p class="notice">This file is not UTF-8. It looks like <b>${draft.guess}</b>: see whether names are written right below, or choose another encoding.</p>`}
      ${error && !refused && failureOf(error, 'This file cannot be imported as it is.', wayOut(error, columns, key))}
      ${isText && html`<section class="card stack"><h2>How it is read</h2><div class="two">${readingOf(draft, preview)}</div></section>`}
      ${
        columns.length > 0 &&
        html`<section class="card stack"><h2>Where its columns go</h2>
          <div class="table"><table>
            <thead><tr><th scope="col">Column, and what it says</th><th scope="col">Goes to</th></tr></thead>
            <tbody>${columns.map((name, i) => columnRow(name, i, { ...preview, mapping, sent, issues, channels }, choices))}</tbody>
          </table></div></section>
        <section class="card stack"><h2>What happens to whom</h2><div class="two">${optionsOf(draft, error && lacksKey(error) ? `No column is sent to “${keyLabels[key]}”.` : undefined)}</div></section>`
      }
      <div class="actions">
        ${isText && html`<button class="button ${!isReady && 'primary'}" name="do" value="look">Look again</button>`}
        ${!isReady && html`<a class="button" href="${at}">Choose another file</a>`}
      </div>
      ${refused ? ways : rowsOf(preview, choices, key, isReady && ways)}
      ${(isReady || refused) && savingOf(typed.name ?? (saved.find(({ isSame }) => isSame)?.name || kept.name.replace(/\.\w{1,5}$/, '').slice(0, 100)), issues)}
    </form>`
  return { title: draft.name, body }
}

interface Looked {
  preview: ImportPreview
  sent: Mapping
  /** What was saved for columns as these, and which of it says where they go. */
  saved: FoundMapping[]
  used: FoundMapping | undefined
}

/** With the mapping that was saved for such columns, where none is chosen yet. */
async function previewOf({ fileId, input }: Draft, context: PluginContext): Promise<Looked> {
  const preview = await context.imports.preview({ ...input, fileId })
  const sent = input.mapping ?? {}
  const saved = preview.columns.length > 0 ? await mappingsFor(context, preview.columns) : []
  if (input.mapping) {
    const used = Object.keys(sent).length > 0 ? saved.find(({ mapping }) => isWithin(mapping, sent)) : undefined
    return { preview, sent, saved, used }
  }
  const used = saved.find(({ isSame }) => isSame)
  if (!used) return { preview, sent, saved, used }
  const fitting = await fittingMapping(context, { ...input, fileId }, used.mapping)
  return {
    preview: await context.imports.preview({ ...input, fileId, mapping: fitting }),
    sent: fitting,
    saved,
    used,
  }
}

const encodings = [
  'utf-8',
  'windows-1252',
  'iso-8859-2',
  'windows-1250',
  'windows-1251',
  'koi8-r',
  'windows-1253',
  'windows-1254',
  'iso-8859-7',
  'utf-16le',
  'utf-16be',
  'shift_jis',
  'euc-jp',
  'gb18030',
  'big5',
  'euc-kr',
  'macintosh',
]

function readingOf({ input: said, guess }: Draft, { options }: ImportPreview): Html {
  const asked = (said.options ?? {}) as { encoding?: string; delimiter?: string; header?: boolean }
  const found = options as { encoding?: string; delimiter?: string; header?: boolean }
  const all = guess && !encodings.includes(guess) ? [guess, ...encodings] : encodings
  return html`
    ${select('encoding', 'Encoding', [{ value: '', label: found.encoding && !asked.encoding ? `Found: ${found.encoding}` : 'Automatic' }, ...all.map(same)], asked.encoding ?? '')}
    ${select('delimiter', 'Between the fields', [{ value: '', label: found.delimiter && !asked.delimiter ? `Found: ${delimiterName(found.delimiter) || found.delimiter}` : 'Automatic' }, ...['comma', 'semicolon', 'tab', 'pipe'].map(same)], delimiterName(asked.delimiter))}
    ${select(
      'header',
      'The first row',
      [
        { value: '', label: 'Automatic' },
        { value: 'yes', label: 'Names the columns' },
        { value: 'no', label: 'Is a lead already' },
      ],
      asked.header === undefined ? '' : asked.header ? 'yes' : 'no',
    )}`
}

const same = (value: string): Choice => ({ value, label: value })

function optionsOf({ input: said }: Draft, wrongKey: string | undefined): Html {
  return html`
    ${select(
      'mode',
      'Leads that are known already',
      [
        { value: 'upsert', label: 'Are changed; others are made' },
        { value: 'fill', label: 'Get what they have blank; others are made' },
        { value: 'skip', label: 'Stay as they are; others are made' },
        { value: 'update', label: 'Are changed; others are refused' },
        { value: 'create', label: 'Are refused; others are made' },
      ],
      said.mode ?? 'upsert',
    )}
    ${select(
      'key',
      'They are known by',
      Object.entries(keyLabels).map(([value, label]) => ({ value, label })),
      said.key ?? 'email',
      { wrong: wrongKey },
    )}
    ${select(
      'blanks',
      'An empty cell',
      [
        { value: 'keep', label: 'Says nothing' },
        { value: 'clear', label: 'Takes away what is there' },
      ],
      said.blanks ?? 'keep',
    )}
    <label class="choice"><input type="checkbox" id="faulty" value="leave" name="faulty" ${said.faulty === 'leave' && html`checked`}> Import rows without cells that cannot be read</label>
    ${input('tags', 'Tags for all of them', (said.tags ?? []).join(', '), { hint: 'With commas between.' })}`
}
