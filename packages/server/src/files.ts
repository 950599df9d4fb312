import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LeadNestError } from '@leadnest/core'
import { Hono } from 'hono'
import type { Env } from './http/env.ts'
import { isFresh } from './http/etag.ts'

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

interface StaticFile {
  body: string
  type: string
  etag: string
}

const readStatic = (path: string): StaticFile => {
  const body = readFileSync(path, 'utf8')
  return {
    body,
    type: types[path.split('.').at(-1)!] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
  }
}

/** `/widget.js`, and the example landing page at `/demo` where this checkout has it. Files are read once, at start. */
export function publicFiles() {
  const app = new Hono<Env>()
  const serve = (path: string, file: StaticFile, headers: Record<string, string> = {}) =>
    app.get(path, (c) => {
      const all = { 'content-type': file.type, etag: file.etag, 'cache-control': 'no-cache', ...headers }
      return isFresh(c, file.etag) ? c.body(null, 304, all) : c.body(file.body, 200, all)
    })

  const widget = widgetFile()
  // Any page may load the script, also one with Cross-Origin-Embedder-Policy or an integrity attribute.
  if (widget)
    serve('/widget.js', widget, {
      'cross-origin-resource-policy': 'cross-origin',
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=300',
    })
  else
    app.get('/widget.js', () =>
      Promise.reject(new LeadNestError('unavailable', 'The widget is not built. Run `npm run build`.')),
    )

  const demo = new URL('../../../examples/landing-page/', import.meta.url)
  if (existsSync(demo)) {
    for (const name of readdirSync(demo).filter((name) => /\.(html|css|js|svg)$/.test(name)))
      serve(`/demo/${name}`, readStatic(fileURLToPath(new URL(name, demo))))
    for (const path of ['/demo', '/demo/']) serve(path, readStatic(fileURLToPath(new URL('index.html', demo))))
  }
  return app
}

function widgetFile(): StaticFile | undefined {
  const folder = dirname(createRequire(import.meta.url).resolve('@leadnest/widget/package.json'))
  const path = join(folder, 'dist', 'widget.js')
  return existsSync(path) ? readStatic(path) : undefined
}
