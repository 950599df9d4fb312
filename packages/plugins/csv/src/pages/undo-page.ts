import { type Html, html, type PageCall, type PluginContext } from '@leadnest/core/plugin'
import { leads } from './parts.ts'
import { tryAgain } from './undone.ts'

/** Asks once more, with how many leads it is about. */
export async function undoPage(
  { at, params }: PageCall,
  { imports }: PluginContext,
): Promise<{ title: string; body: Html }> {
  const one = await imports.get(params.id!)
  const { id, name, created, updated, undoUntil } = one
  const again = tryAgain(one)
  const back = `${at}/imports/${id}`
  const body = undoUntil
    ? html`<section class="card stack">
        <p>It added ${leads(created)} and changed ${leads(updated)}. What it added is removed, unless somebody has changed it since. What it changed becomes as it was, unless somebody has changed since what the import gave, or what was there before is somebody else’s by now or gone: that lead is left alone. Other changes stay.${again && ' Those left alone are tried again.'}</p>
        <p>A yes to messages that the file brought to those taken back does not count any more; a no stays. It is not done again but by importing the file again.</p>
        <form method="post" action="${back}/undo" class="actions">
          <button class="button danger">${again ?? `Take ${leads(created + updated)} back`}</button>
          <a class="button" href="${back}">Keep them</a>
        </form>
      </section>`
    : html`<section class="card stack">
        <p>There is nothing to take back: it changed nobody, goes on, was taken back already, or ended more than 30 days ago.</p>
        <p><a class="button" href="${back}">To the import</a></p>
      </section>`
  return { title: `Take back ${name}?`, body }
}
