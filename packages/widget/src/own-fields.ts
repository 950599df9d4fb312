import type { PublishedForm } from '@leadnest/sdk'

const loading: Record<string, Promise<unknown>> = {}

/** Loads what draws the fields of plugins, each script once a page. A field whose script does not come is drawn as plain text. */
export const loadElements = (fields: PublishedForm['fields'], url: string) =>
  Promise.all(fields.map(({ script, integrity }) => script && (loading[script] ??= load(url + script, integrity!))))

const load = (src: string, integrity: string) =>
  new Promise((done) => {
    const tag = document.createElement('script')
    tag.onload = tag.onerror = done
    // Nobody waits longer for a form.
    setTimeout(done, 4e3)
    tag.crossOrigin = ''
    tag.integrity = integrity
    // Pages may want to know of every script that is added.
    const policy = (window as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy(src, {
      createScriptURL: (src) => src,
    })
    tag.src = policy ? (policy.createScriptURL(src) as string) : src
    document.head.append(tag)
  }).catch(() => {})

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(src: string): string }): { createScriptURL(src: string): unknown }
}
