/** What a spreadsheet takes for a formula: `=`, `+`, `-`, `@`, a tab, a line end, and the first four as wide as Chinese characters. */
const formula = /^'*[=+\-@\t\r\n＝＋－＠]/

const shielded = /^'+[=+\-@\t\r\n＝＋－＠]/

/** A cell that no spreadsheet runs: what looks like a formula gets an apostrophe before it, one more than it has. */
export const shield = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell)

/** What `shield` was given. */
export const unshield = (cell: string): string => (shielded.test(cell) ? cell.slice(1) : cell)
