import { type Core, type Form, firstWorkspace } from '@leadnest/core'

/** What a page without a key calls a form: slugs belong to the installation's first workspace, ids work everywhere. */
export async function publicName(core: Core, workspaceId: string, form: Form): Promise<string> {
  return (await firstWorkspace(core)) === workspaceId ? form.slug : form.id
}

/** The demo page shows the first workspace's form `contact` and no other. */
export function isOnDemoPage(formName: string): boolean {
  return formName === 'contact'
}
