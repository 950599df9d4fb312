/**
 * What a spreadsheet takes for a formula: `=`, `+`, `-`, `@`, a tab, a line end, and the first four as wide as Chinese characters; or for
 * a number that is text, with an apostrophe before it.
 */
const formula = /^'*[=+\-@\t\r\n＝＋－＠]|^'+\d+$/

const shielded = /^'+(?:[=+\-@\t\r\n＝＋－＠]|\d+$)/

/** A cell that no spreadsheet runs: what looks like a formula gets an apostrophe before it, one more than it has. */
export const shield = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell)

/** What `shield` was given, and an id as Shopify writes it: `'7654321`. */
export const unshield = (cell: string): string => (shielded.test(cell) ? cell.slice(1) : cell)
