import { isTime } from './read-day.ts'

const yes = new Set(
  'yes, y, true, t, 1, x, on, checked, ✓, ✔, ☑, ja, wahr, oui, vrai, sí, si, verdadero, vero, sim, verdadeiro, waar'.split(
    ', ',
  ),
)
const no = new Set(
  'no, n, false, f, 0, off, unchecked, ✗, ✘, ☐, nein, falsch, non, faux, falso, não, nao, nee, onwaar'.split(', '),
)
const agreed = new Set(['granted', 'subscribed', 'opted in', 'opt-in'])
const declined = new Set(['revoked', 'unsubscribed', 'opted out', 'opt-out'])

/** A yes or no, as spreadsheets, databases and people write it in a few languages. Undefined is neither. */
export function readYes(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  return yes.has(word) ? true : no.has(word) ? false : undefined
}

/** Whether somebody agreed: a yes or no, or a word for it, as `subscribed`. */
export function readAgreed(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  return agreed.has(word) ? true : declined.has(word) ? false : readYes(word)
}

/** Whether somebody opted out: `unsubscribed` says so, and so does the time when it was; one of zeros is none, as databases write it. */
export function readOptOut(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  if (/^0[0\s:.t/-]*$/.test(word)) return false
  return declined.has(word) || isTime(text) ? true : agreed.has(word) ? false : readYes(word)
}
