import { type Html, html, type PageCall, type PluginContext } from '@leadnest/core/plugin'

/** Asks once more, and says what is lost and what stays. */
export async function cancelPage(
  { at, params }: PageCall,
  { imports }: PluginContext,
): Promise<{ title: string; body: Html }> {
  const { id, name, dryRun } = await imports.get(params.id!)
  const back = `${at}/imports/${id}`
  const body = html`<section class="card stack">
    <p>${dryRun ? 'It has changed nothing so far, and its counts are of no use then.' : 'It does not go on then: the rest of the file is not imported. What it did stays, and can be taken back. To go on later, pause it instead.'}</p>
    <form method="post" action="${back}/cancel" class="actions">
      <button class="button danger">Cancel it</button>
      <a class="button" href="${back}">Let it go on</a>
    </form>
  </section>`
  return { title: `Cancel ${name}?`, body }
}
