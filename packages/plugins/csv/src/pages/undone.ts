import { type Html, html, type Import, type PluginContext } from '@leadnest/core/plugin'
import { leads, number, statusWords } from './parts.ts'

type Undo = NonNullable<Import['undo']>

/** How far an import is taken back, behind how it went. */
export function undoState({ status, restored }: Undo): string {
  if (status === 'failed' || status === 'cancelled') return ', not all taken back'
  if (status !== 'succeeded') return ', being taken back'
  return restored > 0 ? ', taken back' : ', nothing taken back'
}

/** “3 taken back, 1 left alone”. */
export const undoLine = ({ restored, leftAlone }: Undo): string =>
  `${number(restored)} taken back, ${number(leftAlone)} left alone`

/** Of an import that was taken back but for some, which can be tried again. */
export const tryAgain = ({ undo, undoUntil }: Import): string | undefined =>
  undoUntil && undo?.status === 'succeeded' ? `Try the ${number(undo.leftAlone)} left alone again` : undefined

/** What became of an undo, and whom it left alone: the first 100, as far as they are there. */
export async function undoneOf(
  { undo, created, updated }: Import,
  context: Pick<PluginContext, 'leads'>,
): Promise<Html | false> {
  if (!undo) return false
  const { status, restored, leftAlone } = undo
  const known = new Map((await context.leads.many(undo.leads)).map((lead) => [lead.id, lead]))
  const parts = restored === created + updated && ` (${number(created)} removed, ${number(updated)} as before)`
  return html`<div class="notice stack">
    <p>${status === 'succeeded' ? 'Taken back' : `It is being taken back (${statusWords[status].toLowerCase()})`}: ${leads(restored)}${parts}. Left alone, because somebody changed since what the import made or gave, or what was there before is somebody else’s or gone: ${number(leftAlone)}.
      A yes to messages that the file brought to those taken back does not count any more; a no stays.</p>
    ${
      undo.leads.length > 0 &&
      html`<ul>${undo.leads.map((id) => {
        const { name, email, phone, company } = known.get(id) ?? {}
        return html`<li>${known.has(id) ? html`<a href="/admin/leads/${id}"><bdi>${name || email || phone || company || id}</bdi></a>` : `${id} (not there any more)`}</li>`
      })}</ul>`
    }
    ${leftAlone > undo.leads.length && html`<p class="muted">The first ${number(undo.leads.length)} of ${number(leftAlone)}.</p>`}
  </div>`
}
