import { openAdmin, origin, signInOwner } from '../../../../../server/src/admin/testing/open-admin.ts'
import { csv } from '../../index.ts'

export const at = '/admin/plugins/csv'

/** The pages of imports as a browser without script walks through them, signed in as the owner. */
export async function openWizard() {
  const admin = await openAdmin({ plugins: [csv()] })
  const session = await signInOwner(admin)

  async function open(path: string) {
    const answer = await admin.get(path, session)
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }

  /** Sends a file as a browser does, and opens the page that it leads to. */
  async function upload(content: string | Uint8Array<ArrayBuffer>, name = 'people.csv', text = '') {
    const form = new FormData()
    form.set('file', new File(content.length ? [content] : [], content.length ? name : ''))
    form.set('text', text)
    const sent = await admin.app.request(`${origin}${at}/upload`, {
      method: 'POST',
      body: form,
      headers: { origin, ...session },
    })
    const path = sent.headers.get('location') ?? ''
    return {
      status: sent.status,
      path,
      ...(path ? { page: await open(path) } : { page: { status: 0, text: await sent.text() } }),
    }
  }

  async function go(path: string, typed: Record<string, string>) {
    const sent = await admin.post(path, typed, session)
    return { status: sent.status, to: sent.headers.get('location') ?? '', text: await sent.text() }
  }

  return { admin, session, open, upload, go }
}

export type Wizard = Awaited<ReturnType<typeof openWizard>>

/** The text that a piece of a page shows. */
export const shown = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')

/** What the controls of a form say, as a browser would send them. */
export function typedIn(page: string): Record<string, string> {
  const inputs = [...page.matchAll(/<input [^>]*?name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
    name,
    shown(value!),
  ])
  const selects = [...page.matchAll(/<select [^>]*?name="([^"]+)"[^>]*>(.*?)<\/select>/gs)].map(([, name, options]) => [
    name,
    shown(/value="([^"]*)" selected/.exec(options!)?.[1] ?? /value="([^"]*)"/.exec(options!)?.[1] ?? ''),
  ])
  return Object.fromEntries([...inputs, ...selects])
}
