import { isTime } from './read-day.ts'

const yes = new Set(
  'yes, y, true, 1, x, on, checked, ✓, ✔, ☑, ja, wahr, oui, vrai, sí, si, verdadero, vero, sim, verdadeiro, waar'.split(
    ', ',
  ),
)
const no = new Set(
  'no, n, false, 0, off, unchecked, ✗, ✘, ☐, nein, falsch, non, faux, falso, não, nao, nee, onwaar'.split(', '),
)
const agreed = new Set(['granted', 'subscribed', 'opted in', 'opt-in'])
const declined = new Set(['revoked', 'unsubscribed', 'opted out', 'opt-out'])

/** A yes or no, as spreadsheets and people write it in a few languages. Undefined is neither. */
export function readYes(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  return yes.has(word) || agreed.has(word) ? true : no.has(word) || declined.has(word) ? false : undefined
}

/** Whether somebody opted out: `unsubscribed` says so, and so does the time when it was; one of zeros is none, as databases write it. */
export function readOptOut(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  if (/^[0\s:.t/-]+$/.test(word)) return false
  return declined.has(word) || isTime(word) ? true : agreed.has(word) ? false : readYes(word)
}
