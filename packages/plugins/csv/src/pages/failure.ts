import { type Html, html, type ImportPreview, type Part } from '@leadnest/core/plugin'

type Failure = NonNullable<ImportPreview['error']>

export const keyLabels = { email: 'E-mail', phone: 'Phone', externalId: 'External id', id: 'Id of a lead' }

/** Why a file is not imported. */
export const failureOf = ({ code, detail }: Failure, title?: string, way?: Part): Html => html`
  <div class="errors" role="alert">${title && html`<strong>${title}</strong>`}<p>${detail} <small>${code}</small></p>${way && html`<p>${way}</p>`}</div>`

/** Whether no column says who the rows are about. */
export const lacksKey = ({ code }: Failure): boolean => /^no_\w+_column$/.test(code)

/** Whether no choice makes a table of it. A web page has the code of a file that names nobody, and no columns. */
export const isNoTable = (failure: Failure, columns: string[]): boolean =>
  failure.code === 'not_csv' || (columns.length === 0 && lacksKey(failure))

/** What somebody who looks at the file can do about it there: the words of a failure are for those who send it, too. */
export function wayOut(failure: Failure, columns: string[], key: keyof typeof keyLabels): Part {
  if (isNoTable(failure, columns)) return ways.not_csv!
  if (lacksKey(failure))
    return html`Send a column to “${keyLabels[key]}”, or choose <a href="#key">what else they are known by</a>. Then look again.`
  return ways[failure.code] ?? 'Mend the file, and choose it again.'
}

const ways: Record<string, string> = {
  not_csv: 'A spreadsheet is saved as CSV by “Save as” or “Download” in its menu File. Then choose that file.',
  invalid_utf8: 'Choose its encoding below, then look again.',
  invalid_encoding: 'Choose another encoding below, then look again.',
  unclosed_quote: 'Mend the file and choose it again, or choose below what stands between its fields.',
}

/** Why a row is refused together with its file. */
export const refusedWith = (failure: Failure, key: keyof typeof keyLabels): Part =>
  lacksKey(failure)
    ? html`No column is sent to “${keyLabels[key]}”. <a href="#key">Choose another key</a>.`
    : failure.detail
