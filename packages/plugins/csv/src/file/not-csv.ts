import { isUtf8 } from 'node:buffer'
import { ImportFailure } from '@leadnest/core/plugin'
import { isUtf32, wideOf } from './decode.ts'

const workbook = 'an Excel workbook: open it, save it as CSV (UTF-8) and send that'

/** What is met with the name of a CSV file, by its first bytes, and what to do with it. */
const kinds: { magic: string; has?: RegExp; is: string }[] = [
  { magic: '\x89PNG', is: 'a PNG picture, and no table. Send the table as CSV' },
  { magic: '\xff\xd8\xff', is: 'a JPEG picture, and no table. Send the table as CSV' },
  { magic: 'GIF8', is: 'a GIF picture, and no table. Send the table as CSV' },
  { magic: '%PDF-', is: 'a PDF. Send the table that it was made of, as CSV' },
  {
    magic: 'PK\x03\x04',
    has: /opendocument\.spreadsheet/,
    is: 'an OpenDocument spreadsheet: open it, save it as CSV and send that',
  },
  { magic: 'PK\x03\x04', has: /\[Content_Types\]|xl\//, is: workbook },
  {
    magic: 'PK\x03\x04',
    is: 'a ZIP archive, as many workbooks are. Unpack it, or save the workbook as CSV, and send that',
  },
  { magic: '\xd0\xcf\x11\xe0', is: workbook },
  { magic: '\x1f\x8b', is: 'a gzip archive: unpack it and send the CSV that is in it' },
  { magic: '{\\rtf', is: 'a text document (RTF). Send the table that is in it, as CSV' },
  { magic: 'SQLite format 3', is: 'an SQLite database. Send its table as CSV' },
]

/** Refuses what another program makes. */
export const refuseOthers = (head: Buffer) => refuse(whyOther(head))

/** Refuses what is no text at all, by its first bytes. */
export const refuseBinary = (head: Buffer) => refuse(whyBinary(head))

function refuse(why: string | undefined): void {
  if (why !== undefined) throw new ImportFailure('not_csv', why)
}

function whyOther(head: Buffer): string | undefined {
  if (isUtf32(head)) return 'This is UTF-32, which next to nobody reads. Save it as UTF-8 and send that.'
  const text = head.toString('latin1')
  const kind = kinds.find(({ magic, has }) => text.startsWith(magic) && (has?.test(text) ?? true))
  return kind && `This is ${kind.is}.`
}

/** Why this is no text, in words; undefined where it is. */
export function whyBinary(head: Buffer): string | undefined {
  const other = whyOther(head)
  if (other) return other
  let zeros = 0
  let controls = 0
  for (const byte of head) {
    if (byte === 0) zeros++
    // Tabs, line ends, form feeds, the end of a DOS file and escapes are met in texts.
    else if (byte < 32 && ![9, 10, 12, 13, 26, 27].includes(byte)) controls++
  }
  if (zeros > head.length / 4 && zeros < head.length * 0.6)
    return `Every other byte is zero: this may be UTF-16 without its mark. Send it with encoding=${wideOf(head) ?? 'utf-16le'}, or save it as UTF-8.`
  // A few are a slip of whoever typed, and are no reason to refuse what is text.
  const isText = isUtf8(head.subarray(0, head.lastIndexOf(10) + 1 || head.length)) && controls < head.length / 4
  return zeros > head.length / 4 || (controls > head.length / 20 && !isText)
    ? 'This is not text. Save the table as CSV and send that.'
    : undefined
}

/** What is met as text, by how it begins, and what to do with it. */
const texts: { like: RegExp; is: string }[] = [
  {
    like: /^<(\?xml.*<html|!doctype html|html|head|body|meta|table|t[rdh]|div|style|script|title|h[1-6]|p|br|b|font|span)\b/is,
    is: 'a web page (HTML), whatever its name says. Where it has a table, open it in a spreadsheet, save it as CSV and send that; a page to log in comes where a download needs one',
  },
  {
    like: /^\{\s*"(?:[^"\\\n]|\\.)*"\s*:[^\n]*\}[^\S\n]*\n\s*\{/,
    is: 'JSON Lines, not CSV. A plugin can read it: say its name as format. Else make CSV of it and send that',
  },
  {
    like: /^(\[\s*)*(\{\s*("(?:[^"\\\n]|\\.)*"\s*:|\})|\[\s*["\]])/,
    is: 'JSON, not CSV. Make CSV of it, or send rows of cells as application/json: {"rows": [["email"], ["ada@example.com"]]}',
  },
  {
    like: /^BEGIN:V(CARD|CALENDAR)\b/i,
    is: 'a vCard or calendar file, not CSV. Open it in an address book, as Google Contacts is one, export that as CSV and send it',
  },
]

/**
 * Refuses what is text and no table, as programs save a page under the name of a workbook, and servers send one in place of a file. Its
 * code is what the manifest of the corpus wants of a page, as of any file that names nobody; what it is, is told in words.
 */
export function refuseTexts(text: string): void {
  const begins = text.replace(/^(\s|<!--.*?-->)+/s, '')
  const kind = texts.find(({ like }) => like.test(begins))
  if (kind) throw new ImportFailure('no_email_column', `This is ${kind.is}.`)
  if (/^<(\?xml\b|[a-z][\w:.-]*[\s>].*<\/)/is.test(begins))
    throw new ImportFailure('not_csv', 'This is XML, not CSV. Open it in a spreadsheet, save it as CSV and send that.')
}
