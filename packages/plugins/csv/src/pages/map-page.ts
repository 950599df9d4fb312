import {
  type Html,
  html,
  type ImportPreview,
  type PageCall,
  type PluginContext,
  rejectColumns,
} from '@leadnest/core/plugin'
import { type Mapping, type Rule, ruleOf } from '../columns/rule.ts'
import { leftOutAs } from '../columns/suggest.ts'
import { type Draft, findDraft } from '../drafts/drafts.ts'
import { fittingMapping, mappingFor } from '../mappings/mappings.ts'
import { failureOf, keyLabels, lacksKey, wayOut } from './failure.ts'
import { keyOf, typeOf } from './new-field.ts'
import { type Choice, input, select } from './parts.ts'
import { rowsOf } from './preview-rows.ts'
import { delimiterName, draftOf } from './typed-draft.ts'

/** A file before it is imported: how it is read, where its columns go, and what will become of its first rows. */
export async function mapPage(
  { at, params, typed, issues }: PageCall,
  context: PluginContext,
): Promise<{ title: string; body: Html }> {
  const kept = await findDraft(context, params.id!)
  const { preview, sent } = await previewOf(kept, context)
  // What was refused stands there as it was typed; its rows are shown once it can be meant.
  const refused = issues.length > 0
  const draft = refused ? { ...kept, input: draftOf(typed, kept.input, preview.columns) } : kept
  const mapping = (refused && draft.input.mapping) || preview.mapping
  const fields = await context.leads.fields()
  const choices = choicesOf(fields)
  const { error, columns } = preview
  const key = draft.input.key ?? 'email'
  // No choice below makes a table of what is no text.
  const isText = error?.code !== 'not_csv' || draft.input.options?.encoding !== undefined
  const isReady = !error && preview.rows.length > 0
  const body = html`
    <form class="stack" method="post" action="${at}/files/${draft.fileId}">
      ${draft.guess && html`<p class="notice">This file is not UTF-8. It looks like <b>${draft.guess}</b>: see whether names are written right below, or choose another encoding.</p>`}
      ${error && !refused && failureOf(error, 'This file cannot be imported as it is.', wayOut(error, key))}
      ${isText && html`<section class="card stack"><h2>How it is read</h2>${readingOf(draft, preview)}</section>`}
      ${
        columns.length > 0 &&
        html`<section class="card stack"><h2>Where its columns go</h2>
          <div class="table"><table>
            <thead><tr><th scope="col">Column, and what it says</th><th scope="col">Goes to</th></tr></thead>
            <tbody>${columns.map((name, i) => columnOf(name, i, { ...preview, mapping, sent, issues }, choices))}</tbody>
          </table></div></section>
        <section class="card stack"><h2>What happens to whom</h2>${optionsOf(draft, error && lacksKey(error) ? `No column is sent to “${keyLabels[key]}”.` : undefined)}</section>`
      }
      <div class="actions">
        ${isText && html`<button class="button ${!isReady && 'primary'}" name="do" value="look">Look again</button>`}
        ${
          (isReady || refused) &&
          html`<button class="button" name="do" value="save">Save this mapping</button>
          <button class="button" name="do" value="dry">Dry run</button>
          <button class="button primary" name="do" value="run">Import</button>`
        }
        ${!isReady && html`<a class="button" href="${at}">Choose another file</a>`}
      </div>
    </form>
    ${!refused && rowsOf(preview, choices, key)}`
  return { title: draft.name, body }
}

/** With the mapping that was saved for such columns, where none is chosen yet. */
async function previewOf(
  { fileId, input }: Draft,
  context: PluginContext,
): Promise<{ preview: ImportPreview; sent: Mapping }> {
  const first = { preview: await context.imports.preview({ ...input, fileId }), sent: input.mapping ?? {} }
  if (input.mapping || first.preview.columns.length === 0) return first
  const saved = await mappingFor(context, first.preview.columns)
  if (!saved) return first
  const sent = await fittingMapping(context, { ...input, fileId }, saved)
  return { preview: await context.imports.preview({ ...input, fileId, mapping: sent }), sent }
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
    ${select('encoding', 'Encoding', [{ value: '', label: found.encoding && !asked.encoding ? `By itself (${found.encoding})` : 'By itself' }, ...all.map(same)], asked.encoding ?? '')}
    ${select('delimiter', 'Between the fields', [{ value: '', label: `By itself${found.delimiter && !asked.delimiter ? ` (${delimiterName(found.delimiter)})` : ''}` }, ...['comma', 'semicolon', 'tab', 'pipe'].map(same)], delimiterName(asked.delimiter))}
    ${select(
      'header',
      'The first row',
      [
        { value: '', label: 'By itself' },
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
    ${input('tags', 'Tags for all of them', (said.tags ?? []).join(', '), { hint: 'With commas between.' })}`
}

const leadChoices: Choice[] = [
  { value: '', label: 'Left out' },
  { value: 'email', label: 'E-mail' },
  { value: 'phone', label: 'Phone' },
  { value: 'name', label: 'Name' },
  { value: 'name:parts', label: 'First and last name' },
  { value: 'firstName', label: 'First name' },
  { value: 'lastName', label: 'Last name' },
  { value: 'company', label: 'Company' },
  { value: 'externalId', label: 'External id' },
  { value: 'id', label: 'Id of a lead' },
  { value: 'stage', label: 'Stage' },
  { value: 'owner', label: 'Owner (e-mail)' },
  { value: 'tags', label: 'Tags' },
  { value: 'note', label: 'Note' },
  { value: 'consent', label: 'Consent (yes or no)' },
]

const choicesOf = (fields: { key: string; label: string }[]): Choice[] => [
  ...leadChoices,
  ...fields.map(({ key, label }) => ({ value: `fields.${key}`, label })),
]

const leftOutWords = {
  stage: 'Left out: you have no stages of these names. Sent to “Stage”, rows that name none of yours are refused.',
  owner: 'Left out: no member has these addresses. Sent to “Owner”, rows that name none of yours are refused.',
}

function columnOf(
  name: string,
  i: number,
  { mapping, rows, sent, issues }: ImportPreview & { sent: Mapping; issues: PageCall['issues'] },
  choices: Choice[],
): Html {
  const rule = Object.hasOwn(mapping, name) ? ruleOf(mapping[name]!) : null
  const foreign = rule || Object.hasOwn(sent, name) ? undefined : leftOutAs(name, mapping)
  const wrong = issues.find(({ path }) => path === `to${i}`)
  const values = rows.map(({ values }) => values[i] ?? '')
  const seen = [...new Set(values.map((value) => value.trim()).filter(Boolean))].slice(0, 3)
  const isThere = (to: string) => choices.some(({ value }) => value === to)
  const placed = rule?.create && !isThere(rule.to) ? '+' : chosen(rule)
  const makes = placed === '+' || !isThere(`fields.${keyOf(name)}`)
  const fitting =
    rejectColumns.includes(name) || !makes
      ? choices
      : [...choices, { value: '+', label: `New field “${name.slice(0, 40)}”` }]
  return html`<tr>
    <td><b><bdi>${name}</bdi></b><small><bdi>${seen.map((value) => value.slice(0, 60)).join(' · ')}</bdi></small></td>
    <td>
      <select id="to${i}" name="to${i}" aria-label="${name} goes to">${fitting.map(
        ({ value, label }) => html`
        <option value="${value}" ${value === placed && html`selected`}>${label}</option>`,
      )}</select>
      ${foreign && html`<p class="muted small">${leftOutWords[foreign]}</p>`}
      ${wrong && html`<p class="field-error">${wrong.message}</p>`}
      <details ${(wrong || hasRules(rule)) && html`open`}><summary class="small">Rules</summary>${rulesOf(rule, i, typeOf(values))}</details>
    </td>
  </tr>`
}

const chosen = (rule: Rule | null) => (rule === null ? '' : rule.parts ? 'name:parts' : rule.to)
const hasRules = (rule: Rule | null) =>
  rule !== null && Object.keys(rule).some((key) => !['to', 'create', 'parts'].includes(key))

function rulesOf(rule: Rule | null, i: number, type: string): Html {
  const line = (name: 'default' | 'split' | 'prefix' | 'country' | 'channel' | 'purpose' | 'wording', label: string) =>
    input(`${name}${i}`, label, rule?.[name] ?? '')
  const none = { value: '', label: '—' }
  return html`<div class="stack">
    ${line('default', 'Where a cell is empty')}
    ${select(`lower${i}`, 'Letters', [none, { value: 'yes', label: 'small' }], rule?.lower ? 'yes' : '')}
    ${line('prefix', 'Put before each')}
    ${line('split', 'Between several')}
    ${select(`date${i}`, 'Days', [none, { value: 'dmy', label: 'day, month, year' }, { value: 'mdy', label: 'month, day, year' }, { value: 'ymd', label: 'year, month, day' }], rule?.date ?? '')}
    ${select(`decimal${i}`, 'Decimals', [none, { value: ',', label: '1.234,5' }, { value: '.', label: '1,234.5' }], rule?.decimal ?? '')}
    ${line('country', 'Country of phone numbers')}
    ${select(`type${i}`, 'Of a new field', ['text', 'long_text', 'number', 'date', 'boolean', 'email', 'phone', 'url'].map(same), rule?.create?.type ?? type)}
    ${line('channel', 'Of a consent: channel')}${line('purpose', 'Purpose')}${line('wording', 'Words that people agreed to')}
  </div>`
}
