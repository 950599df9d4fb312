import { fieldLimit, type RowFault, recordLimit } from './scan.ts'

/** What is wrong with a row, and what to mend. */
export function detailOf(fault: RowFault): string {
  switch (fault) {
    case 'invalid_quote':
      return 'Text after a closing quote. A quote within quotes is written twice ("").'
    case 'invalid_character':
      return 'A character of this row is zero (NUL), which no text can have.'
    case 'row_too_long':
      return `Longer than ${recordLimit / 1024} KiB.`
    case 'field_too_long':
      return `Longer than ${recordLimit / 1024} KiB, for a field has more than ${fieldLimit / 1024} KiB.`
  }
}
