import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

export interface Asset {
  body: Uint8Array<ArrayBuffer>
  gzip: Uint8Array<ArrayBuffer>
  type: string
  hash: string
}

// By package name, because the built file lies elsewhere than this one.
const require = createRequire(import.meta.url)
const own = join(dirname(require.resolve('@leadnest/server/package.json')), 'assets')

const css = 'text/css; charset=utf-8'
const script = 'text/javascript; charset=utf-8'
const picture = 'image/svg+xml'

/** Read once at the start: a few files, in memory for good. */
export const files: ReadonlyMap<string, Asset> = new Map([
  asset('admin.css', join(own, 'admin.css'), css),
  asset('admin.js', join(own, 'admin.js'), script),
  asset('icon.svg', join(own, 'icon.svg'), picture),
  asset('icons.svg', join(own, 'icons.svg'), picture),
  asset('htmx.min.js', require.resolve('htmx.org/dist/htmx.min.js'), script),
  asset('hx-sse.min.js', require.resolve('htmx.org/dist/ext/hx-sse.min.js'), script),
])

/** What the hosted pages of forms load, from beside them: a proxy may close the admin to the world. */
export const publicFiles: ReadonlyMap<string, Asset> = new Map([
  asset('form.css', join(own, 'form.css'), css),
  asset('icon.svg', join(own, 'icon.svg'), picture),
])

/** The address of an asset, which changes with its content and may therefore be cached for ever. */
export function assetUrl(name: string): string {
  return `/admin/assets/${name}?v=${files.get(name)?.hash}`
}

export function publicAssetUrl(name: string): string {
  return `/f/${name}?v=${publicFiles.get(name)?.hash}`
}

export function asset(name: string, path: string, type: string): [string, Asset] {
  // A source map of a library is not served; its mention would be a 404 in everyone's console.
  const text = readFileSync(path, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
  const body = new TextEncoder().encode(text)
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12)
  return [name, { body, gzip: new Uint8Array(gzipSync(body)), type, hash }]
}
