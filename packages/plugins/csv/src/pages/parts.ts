import { type Html, html, type Import, type Part } from '@leadnest/core/plugin'

export interface Choice {
  value: string
  label: string
}

export interface Said {
  hint?: Part | undefined
  /** What is wrong with what it says. */
  wrong?: string | undefined
}

/** A labelled select. */
export const select = (name: string, label: Part, choices: Choice[], chosen: string, said: Said = {}): Html =>
  field(
    name,
    label,
    said,
    (about) => html`
    <select id="${name}" name="${name}" ${about}>${choices.map(
      ({ value, label }) => html`
      <option value="${value}" ${value === chosen && html`selected`}>${label}</option>`,
    )}</select>`,
  )

/** A labelled line of text. */
export const input = (name: string, label: Part, value: string, said: Said = {}): Html =>
  field(
    name,
    label,
    said,
    (about) => html`<input id="${name}" name="${name}" value="${value}" autocomplete="off" ${about}>`,
  )

function field(name: string, label: Part, { hint, wrong }: Said, control: (about: Html) => Html): Html {
  const described = [wrong && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ')
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${control(html`${described && html`aria-describedby="${described}"`} ${wrong && html`aria-invalid="true"`}`)}
    ${hint && html`<p class="muted small" id="${name}-hint">${hint}</p>`}
    ${wrong && html`<p class="field-error" id="${name}-error">${wrong}</p>`}
  </div>`
}

/** Of what is called alike, each is told by its key, too. */
export function toldApart<Named extends { key: string; label: string }>(all: Named[]): Named[] {
  const times = new Map<string, number>()
  for (const { label } of all) times.set(label, (times.get(label) ?? 0) + 1)
  return all.map((one) => (times.get(one.label) === 1 ? one : { ...one, label: `${one.label} (${one.key})` }))
}

const count = new Intl.NumberFormat('en')
export const number = (value: number): string => count.format(value)

export const leads = (value: number): string => `${number(value)} ${value === 1 ? 'lead' : 'leads'}`

export const statusWords: Record<Import['status'], string> = {
  queued: 'Waiting',
  running: 'Running',
  paused: 'Paused',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** What came of the rows. */
export const countsOf = ({
  created,
  updated,
  skipped,
  failed,
}: Pick<Import, 'created' | 'updated' | 'skipped' | 'failed'>): Html => html`
  <dl class="tiles">
    ${(
      [
        ['New', created],
        ['Changed', updated],
        ['Left as they are', skipped],
        ['Refused', failed],
      ] as const
    ).map(([label, value]) => html`<div class="card"><dt>${label}</dt><dd class="figures">${number(value)}</dd></div>`)}
  </dl>`

/** The same in one line, without what there is none of. */
export const countsLine = (one: Pick<Import, 'created' | 'updated' | 'skipped' | 'failed'>): string =>
  (
    [
      ['new', one.created],
      ['changed', one.updated],
      ['left as they are', one.skipped],
      ['refused', one.failed],
    ] as const
  )
    .filter(([, value]) => value > 0)
    .map(([label, value]) => `${number(value)} ${label}`)
    .join(', ')
