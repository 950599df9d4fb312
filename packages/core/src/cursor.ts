import { LeadNestError } from './errors.ts'
import type { Keyring } from './secrets.ts'

/** A page's end: the value it is sorted by, and the id of the last row. */
export type Position = [value: string, id: string]

/** Cursors are signed for one list of one workspace in one order, so that a foreign one is told from a right one. */
export function writeCursor(keyring: Keyring, list: string, position: Position): string {
  const payload = Buffer.from(JSON.stringify(position)).toString('base64url')
  return `${payload}.${keyring.sign('cursor', `${list}\n${payload}`)}`
}

/** `name` is the query parameter that the cursor came in. Throws `invalid_cursor`. */
export function readCursor(keyring: Keyring, list: string, cursor: string, name = 'cursor'): Position {
  const [payload = '', signature = ''] = cursor.split('.')
  if (!keyring.verify('cursor', `${list}\n${payload}`, signature)) {
    throw new LeadNestError('invalid_cursor', 'This cursor is not one of this list. Begin again without it.', {
      issues: [{ path: name, message: 'Take nextCursor of the page before, with the same query.' }],
    })
  }
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Position
}

/** Turns `limit + 1` rows into a page and the cursor of the next one. */
export function toPage<Row>(
  rows: Row[],
  limit: number,
  cursorOf: (row: Row) => string,
): { data: Row[]; nextCursor: string | null } {
  const data = rows.slice(0, limit)
  return { data, nextCursor: rows.length > limit ? cursorOf(data.at(-1)!) : null }
}
